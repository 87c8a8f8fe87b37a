"""Subscriptions and whatever they need, built through our own operations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from apps.catalog.models import Price, Product
from apps.core.ids import new_id
from apps.core.origin import Actor, Door, Origin
from apps.customers.inputs import CustomerInput
from apps.customers.models import Customer
from apps.customers.operations import create_customer
from apps.discounts.models import Discount
from apps.organizations.models import Organization
from apps.organizations.operations import change_status, create_organization
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import create_subscription

START = datetime(2025, 1, 31, 10, 30, tzinfo=UTC)


def at(moment: datetime = START) -> Origin:
    """An origin of the system at a moment."""
    return Origin(actor=Actor.SYSTEM, door=Door.TASK, at=moment)


def make_merchant(**settings: Any) -> Organization:
    """An organization that may sell and renew."""
    organization = create_organization(
        name="Acme", slug=f"acme-{new_id().hex}", origin=at(), **settings
    )
    return change_status(organization_id=organization.pk, to="active", origin=at())


def make_subscriber(organization: Organization, **facts: Any) -> Customer:
    """A customer in France."""
    data = CustomerInput(
        **({"email": f"{new_id().hex}@example.com", "billing_address": {"country": "FR"}} | facts)
    )
    return create_customer(organization=organization, data=data, origin=at())


def make_plan(
    organization: Organization,
    amount: int = 1000,
    *,
    interval: str = "month",
    count: int = 1,
    prices: Sequence[dict[str, Any]] | None = None,
    currency: str = "usd",
    **fields: Any,
) -> tuple[Product, list[Price]]:
    """A recurring product with its prices: one of `amount`, or rows of `prices`."""
    product = Product.objects.create(
        created_at=START,
        organization=organization,
        name=fields.pop("name", "Pro"),
        recurring_interval=interval,
        recurring_interval_count=count,
        **fields,
    )
    rows = prices or [{"kind": "fixed", "fixed_amount": amount}]
    return product, [
        Price.objects.create(
            created_at=START,
            organization=organization,
            product=product,
            **{"currency": currency, **row},
        )
        for row in rows
    ]


def seat_price(rate: int = 500) -> dict[str, Any]:
    """A price of `rate` for each seat."""
    tiers = [{"minimum": 1, "maximum": None, "unit_amount": str(rate)}]
    return {"kind": "seat", "tier_type": "volume", "tiers": tiers}


def make_discount(organization: Organization, bps: int = 5000, **fields: Any) -> Discount:
    """A percentage off, once unless told otherwise."""
    values = {"name": "Sale", "type": "percentage", "basis_points": bps, "duration": "once"}
    return Discount.objects.create(
        created_at=START, organization=organization, **{**values, **fields}
    )


def make_subscription(
    organization: Organization | None = None,
    amount: int = 1000,
    *,
    moment: datetime = START,
    plan: tuple[Product, list[Price]] | None = None,
    customer: Customer | None = None,
    **facts: Any,
) -> Subscription:
    """A subscription that begins at `moment`, to a plan of its own."""
    merchant = organization or make_merchant()
    product, prices = plan or make_plan(merchant, amount)
    return create_subscription(
        organization=merchant,
        customer=customer or make_subscriber(merchant),
        product=product,
        prices=prices,
        currency=prices[0].currency,
        origin=at(moment),
        **facts,
    )
