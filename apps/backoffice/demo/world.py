"""The demo merchant: organization, products, customers."""

from __future__ import annotations

from apps.backoffice.demo.cast import (
    BUYERS,
    ORGANIZATION_NAME,
    ORGANIZATION_SLUG,
    WARES,
    Buyer,
    Ware,
)
from apps.backoffice.demo.inboxes import seed_inbox
from apps.backoffice.demo.keys import seed_keys
from apps.backoffice.demo.links import seed_links
from apps.backoffice.demo.logins import ensure_limits, ensure_logins
from apps.backoffice.demo.perks import seed_perks
from apps.catalog.inputs import PriceInput, ProductInput
from apps.catalog.models import Product
from apps.catalog.operations import create_product
from apps.core.origin import Origin
from apps.customers.inputs import CustomerInput
from apps.customers.models import Customer
from apps.customers.operations import create_customer
from apps.organizations.models import Organization
from apps.organizations.operations import change_status, create_organization

KEY = "demo"


def seed_world(*, origin: Origin) -> Organization:
    """Staff logins, and a merchant that may sell; what is there already stays as it is."""
    ensure_logins(origin=origin)
    ensure_limits(origin=origin.because("What the demo's staff do alone."))
    organization = Organization.objects.filter(slug=ORGANIZATION_SLUG).first()
    if organization is None:
        organization = create_organization(
            name=ORGANIZATION_NAME,
            slug=ORGANIZATION_SLUG,
            email="hello@demo-store.example",
            country="US",
            origin=origin,
        )
        organization = change_status(
            organization_id=organization.pk,
            to=Organization.Status.ACTIVE,
            origin=origin.because("The demo merchant sells from the first day."),
        )
    seed_inbox(organization, origin=origin)
    for ware in WARES:
        _offer(organization, ware, origin)
    seed_perks(organization, origin=origin)
    seed_links(organization, origin=origin)
    for buyer in BUYERS:
        _know(organization, buyer, origin)
    seed_keys(organization, origin=origin)
    return organization


def _offer(organization: Organization, ware: Ware, origin: Origin) -> None:
    if Product.objects.filter(
        organization=organization, metadata__contains={KEY: ware.key}
    ).exists():
        return
    fixed = [
        PriceInput(kind="fixed", currency=currency, fixed_amount=amount)
        for currency, amount in ware.amounts.items()
    ]
    create_product(
        organization=organization,
        data=ProductInput(
            name=ware.name,
            description=ware.description,
            prices=fixed or [PriceInput(kind="custom", currency="usd", preset_amount=500)],
            metadata={KEY: ware.key},
        ),
        origin=origin,
    )


def _know(organization: Organization, buyer: Buyer, origin: Origin) -> None:
    external_id = f"{KEY}-{buyer.key}"
    if Customer.objects.filter(
        organization=organization, external_id=external_id, deleted_at=None
    ).exists():
        return
    create_customer(
        organization=organization,
        data=CustomerInput(
            email=buyer.email,
            name=buyer.name,
            external_id=external_id,
            billing_address=buyer.address,
        ),
        origin=origin,
    )
