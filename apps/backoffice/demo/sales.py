"""What the demo merchant sold: paid through the running system, as every sale is."""

from __future__ import annotations

import time
from typing import Final

import structlog
from django.conf import settings

from apps.backoffice.demo.cast import ORGANIZATION_SLUG, SALES, Sale
from apps.catalog.models import Product
from apps.checkouts.models import Checkout
from apps.checkouts.operations import NewCheckout, confirm_checkout, create_checkout
from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.organizations.models import Organization
from apps.processors.gateway.sandbox import create_card_token

log = structlog.get_logger(__name__)

KEY: Final = "demo"
EXAMPLE: Final = "example"
PATIENCE_SECONDS: Final = 30


def seed_sales(*, origin: Origin) -> int:
    """
    Make the sales that are not there yet, and wait until they are settled; returns how many.

    Needs the sandbox Stripe, the web process and a worker.
    """
    organization = Organization.objects.get(slug=ORGANIZATION_SLUG)
    made = [sale for sale in SALES if _sell(organization, sale, origin)]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _under_way(organization) and time.monotonic() < deadline:
        time.sleep(0.25)
    return len(made)


def example_checkout_url(*, origin: Origin) -> str:
    """The hosted page of an open checkout, for whoever wants to see one."""
    organization = Organization.objects.get(slug=ORGANIZATION_SLUG)
    checkout = Checkout.objects.filter(
        organization=organization,
        metadata__contains={KEY: EXAMPLE},
        status=Checkout.Status.OPEN,
        expires_at__gt=origin.at,
    ).first() or create_checkout(
        organization=organization,
        data=NewCheckout(
            product_ids=[_product(organization, "guide").pk],
            details={"metadata": {KEY: EXAMPLE}},
        ),
        origin=origin,
    )
    return f"{settings.BASE_URL}/checkout/{checkout.client_secret}"


def _sell(organization: Organization, sale: Sale, origin: Origin) -> bool:
    """Take one buyer to the end of a checkout, if they have not been there."""
    if Checkout.objects.filter(
        organization=organization, metadata__contains={KEY: sale.key}
    ).exists():
        return False
    buyer = Customer.objects.get(
        organization=organization, external_id=f"{KEY}-{sale.buyer}", deleted_at=None
    )
    details = {"metadata": {KEY: sale.key}}
    checkout = create_checkout(
        organization=organization,
        data=NewCheckout(
            product_ids=[_product(organization, sale.ware).pk],
            currency=sale.currency,
            customer_id=buyer.pk,
            details=details if sale.amount is None else {**details, "amount": sale.amount},
        ),
        origin=origin,
    )
    try:
        confirm_checkout(
            checkout_id=checkout.pk,
            changes={
                "customer_name": buyer.name,
                "customer_billing_address": buyer.billing_address,
            },
            confirmation_token_id=create_card_token(key=f"demo:{checkout.pk}", method=sale.card),
            origin=origin,
        )
    except DomainError as error:
        # One of the cards is there to be declined.
        log.info("demo_sale_refused", sale=sale.key, detail=error.detail)
    return True


def _product(organization: Organization, key: str) -> Product:
    return Product.objects.get(
        organization=organization, metadata__contains={KEY: key}, deleted_at=None
    )


def _under_way(organization: Organization) -> bool:
    return Checkout.objects.filter(
        organization=organization,
        metadata__has_key=KEY,
        status=Checkout.Status.CONFIRMED,
    ).exists()
