"""Subscriptions that are changed inside a period, built from the tables and told in their words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.catalog.models import Product
from apps.core.ids import new_id
from apps.discounts.models import Discount
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription
from apps.subscriptions.operations.changing.wishes import UNCHANGED, Unchanged
from apps.subscriptions.selectors import open_update
from apps.wallets.operations import adjust_wallet
from tests.cases.registry import Facts
from tests.cases.subscribing import (
    make_discount_row,
    make_product,
    make_row,
    renewing_organization,
    state_of,
    written,
)
from tests.cases.world import origin_at

# What a change costs at once is taken from credit: nothing has to be charged in these tables.
CREDIT = 90_000_000


@dataclass
class Scene:
    """A subscription as the scenario describes it, and whose price an entry is for."""

    subscription: Subscription
    sides: dict[UUID, str]

    def facts(self, *, is_same_product: bool = False) -> Facts:
        """The subscription now, with its entries and whatever waits."""
        row = Subscription.objects.get(pk=self.subscription.pk)
        orders = Order.objects.filter(subscription_id=row.pk, billing_reason="subscription_update")
        return {
            "error": None,
            **state_of(row),
            "seats_after": row.seats,
            "units_after": row.units,
            "amount_after": row.amount,
            "invoice_now": orders.exists(),
            "entries": [self._entry(entry, is_same_product) for entry in self._entries()],
            "pending_update": waiting(row),
        }

    def _entries(self) -> Iterator[BillingEntry]:
        rows = BillingEntry.objects.filter(subscription=self.subscription).exclude(type="cycle")
        yield from rows.select_related("price").order_by("id")

    def _entry(self, entry: BillingEntry, is_same_product: bool) -> Facts:
        side = "old" if entry.product_id == self.subscription.product_id else "new"
        return {
            "type": entry.type,
            "direction": entry.direction,
            "side": "same" if is_same_product else self.sides.get(entry.pk, side),
            "price": entry.price.kind,
            "amount": entry.amount,
            "discount_amount": entry.discount_amount,
            "start": written(entry.start_at),
            "end": written(entry.end_at),
        }


def make_scene(given: Facts, *, has_credit: bool = True, tax_behavior: str | None = None) -> Scene:
    """The subscription of a scenario, in an organization that may do everything."""
    organization = _organization(given)
    product = given["product"]
    subscription = make_row(
        {
            **given,
            "interval": product["interval"],
            "interval_count": product["interval_count"],
            "prices": product["prices"],
            "trial_start": given["period_start"] if given.get("status") == "trialing" else None,
            "discount": _discount_facts(given.get("discount")),
            "pending_update": None,
        },
        organization,
    )
    # No table says when a discount was first applied.
    subscription.discount_applied_at = None
    subscription.tax_behavior = tax_behavior
    subscription.save()
    subscription.customer.billing_address = {"country": "FR"}
    subscription.customer.save()
    _restrict(subscription, given.get("discount"))
    _make_waiting_update(subscription, given.get("pending_update"))
    sides = {
        _make_entry(subscription, row).pk: row.get("side") or "old"
        for row in given.get("pending_entries") or ()
    }
    credit = CREDIT if has_credit else given.get("customer_balance")
    if credit:
        adjust_wallet(
            customer=subscription.customer,
            currency=subscription.currency,
            amount=credit,
            note="The state of a scenario",
            origin=origin_at(subscription.current_period_start_at),
        )
    return Scene(subscription, sides)


def target_of(subscription: Subscription, row: Facts) -> Product:
    """The product that is changed to; the same one may be meant, with other prices or not."""
    if row.get("same_product"):
        return subscription.product
    trial = row.get("trial") or {}
    product, _ = make_product(
        subscription.organization,
        row["prices"],
        row.get("currency") or subscription.currency,
        recurring_interval=row["interval"],
        recurring_interval_count=row["interval_count"],
        trial_interval=trial.get("interval"),
        trial_interval_count=trial.get("count"),
    )
    return product


def discount_of(subscription: Subscription, wish: Any) -> Discount | Unchanged | None:
    """What a scenario says about the discount of a change."""
    if wish in ("keep", None):
        return UNCHANGED
    if wish == "unset":
        return None
    return make_discount_row(subscription.organization, _discount_facts(wish))


def waiting(subscription: Subscription) -> Facts | None:
    """The change that waits, as the tables write it."""
    row = open_update(subscription, PendingUpdate.Timing.PERIOD)
    if row is None:
        return None
    facts: Facts = {"seats": row.seats, "units": row.units, "applies_at": written(row.applies_at)}
    if row.product is not None:
        facts["new_product"] = {
            "interval": row.product.recurring_interval,
            "interval_count": row.product.recurring_interval_count,
            "prices": [_price_facts(price) for price in row.product.prices.order_by("id")],
        }
    return facts


def _organization(given: Facts) -> Organization:
    organization = renewing_organization()
    organization.feature_settings = {
        **organization.feature_settings,
        "reset_proration_behavior_enabled": True,
    }
    organization.subscription_settings = {
        **organization.subscription_settings,
        "proration_behavior": given["org_default_behavior"],
    }
    organization.save()
    return organization


def _discount_facts(row: Facts | None) -> Facts | None:
    """A repeating discount lasts at least for the period that a table is about."""
    if row is None or row.get("duration") != "repeating":
        return row
    return {"duration_in_months": 12, **row}


def _restrict(subscription: Subscription, row: Facts | None) -> None:
    """Of the old product only, or of another one only; null is no restriction."""
    if row is None or subscription.discount is None or row.get("restricted_to") is None:
        return
    product = subscription.product
    if row["restricted_to"] != "old":
        product, _ = make_product(subscription.organization, [{"type": "free"}])
    subscription.discount.products.add(product)


def _make_waiting_update(subscription: Subscription, row: Facts | None) -> None:
    if row is None:
        return
    product = target_of(subscription, row["new_product"]) if row.get("new_product") else None
    PendingUpdate.objects.create(
        created_at=subscription.current_period_start_at,
        organization=subscription.organization,
        subscription=subscription,
        applies_at=datetime.fromisoformat(row["applies_at"]),
        product=product,
        seats=row.get("seats"),
        units=row.get("units"),
    )


def _make_entry(subscription: Subscription, row: Facts) -> BillingEntry:
    start, end = subscription.current_period_start_at, subscription.current_period_end_at
    price = subscription.prices.select_related("price").order_by("position")[0].price
    return BillingEntry.objects.create(
        pk=new_id(),
        created_at=start,
        organization=subscription.organization,
        subscription=subscription,
        product=subscription.product,
        price=price,
        type=row["type"],
        direction=row["direction"],
        amount=row["amount"],
        discount_amount=row.get("discount_amount"),
        currency=subscription.currency,
        start_at=datetime.fromisoformat(row["start"]) if row.get("start") else start,
        end_at=datetime.fromisoformat(row["end"]) if row.get("end") else end,
    )


def _price_facts(price: Any) -> Facts:
    if price.kind == "fixed":
        return {"type": "fixed" if price.fixed_amount else "free", "amount": price.fixed_amount}
    tiers: Sequence[Facts] = price.tiers
    if price.kind == "seat":
        return {
            "type": "seat",
            "tier_type": price.tier_type,
            "tiers": [
                {
                    "min": tier["minimum"],
                    "max": tier["maximum"],
                    "price_per_seat": int(tier["unit_amount"]),
                }
                for tier in tiers
            ],
        }
    return {
        "type": "unit",
        "tier_type": price.tier_type,
        "tiers": [{"up_to": t["maximum"], "unit_amount": t["unit_amount"]} for t in tiers],
        "minimum_units": price.minimum_units,
    }
