"""Changes in the middle of a period, and what they leave behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from apps.catalog.models import Product
from apps.events.models import Event
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription
from apps.subscriptions.operations import change_product, change_seats, change_units
from apps.wallets.operations import adjust_wallet
from tests.support.subscribers import (
    START,
    at,
    make_merchant,
    make_plan,
    make_subscription,
    seat_price,
)

# The period runs from 31 January to 28 February.
MIDDLE = START + timedelta(days=14)
END = datetime(2025, 2, 28, 10, 30, tzinfo=UTC)


def change(
    subscription: Subscription, product: Product, behavior: str = "prorate", **more: Any
) -> Subscription:
    """Another product, in the middle of the period unless told otherwise."""
    return change_product(
        subscription_id=subscription.pk,
        product_id=product.pk,
        behavior=behavior,
        origin=at(more.pop("moment", MIDDLE)),
        **more,
    )


def seats(subscription: Subscription, number: int, behavior: str = "prorate") -> Subscription:
    """Another number of seats, in the middle of the period."""
    return change_seats(
        subscription_id=subscription.pk, seats=number, behavior=behavior, origin=at(MIDDLE)
    )


def units(subscription: Subscription, number: int, behavior: str = "prorate") -> Subscription:
    """Another number of units, in the middle of the period."""
    return change_units(
        subscription_id=subscription.pk, units=number, behavior=behavior, origin=at(MIDDLE)
    )


def amounts(subscription: Subscription) -> list[int]:
    """What is on the account of a subscription, credits below zero."""
    rows = BillingEntry.objects.filter(subscription=subscription).order_by("id")
    return [row.amount if row.direction == "debit" else -row.amount for row in rows]


def waiting(subscription: Subscription) -> PendingUpdate | None:
    """The change that is to come with the next period."""
    rows = PendingUpdate.objects.filter(subscription=subscription, timing="period")
    return rows.filter(applied_at=None, discarded_at=None).first()


def updates(subscription: Subscription) -> int:
    """How often it was told that the subscription has changed."""
    return Event.objects.filter(
        type="subscription.updated", subject_id=str(subscription.pk)
    ).count()


def plan(subscription: Subscription, amount: int = 3000, **facts: Any) -> Product:
    """A product of the same merchant to change to."""
    return make_plan(subscription.organization, amount, **facts)[0]


def unit_price(rate: int = 100, minimum: int | None = None) -> dict[str, Any]:
    """A price of `rate` for each unit, of no fewer than `minimum`."""
    return {**seat_price(rate), "kind": "unit", "minimum_units": minimum}


def seated(number: int = 5, rate: int = 1000, **more: Any) -> Subscription:
    """A subscription to `number` seats at `rate` each."""
    merchant = make_merchant()
    return make_subscription(
        merchant, plan=make_plan(merchant, prices=[seat_price(rate)]), seats=number, **more
    )


def give_credit(subscription: Subscription, amount: int = 10_000_000) -> None:
    """Enough in the wallet that nothing has to be charged."""
    adjust_wallet(
        customer=subscription.customer, currency="usd", amount=amount, note="So", origin=at()
    )
