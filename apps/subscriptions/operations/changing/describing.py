"""A change as a plan: what staff see before it is made, and agree to."""

from __future__ import annotations

from datetime import datetime

from apps.catalog.models import Product
from apps.core.money import format_amount
from apps.core.plans import Change as Row
from apps.core.plans import Plan, Webhook
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.operations.changing.computing import Change, period_of
from apps.subscriptions.operations.changing.pending import waiting_update
from apps.subscriptions.operations.pricing import amount_values

_TOLD = Webhook("subscription.updated")


def describe_now(subscription: Subscription, wanted: Change) -> Plan:
    """
    A change that is made at once.

    What it costs falls with every second that passes, so the sum is a note of the moment; whether
    it is charged, and what recurs from then on, are lines that are agreed to.
    """
    before, after = subscription.amount, _recurring(subscription, wanted)
    product = Product.objects.get(pk=wanted.product_id)
    effects, webhooks = _billing(wanted), [_TOLD]
    if wanted.is_invoiced:
        webhooks += [Webhook("order.created"), Webhook("order.paid")]
    row = waiting_update(subscription)
    if row is not None and product.pk != subscription.product_id:
        effects.append("The change that waits for the next period is dropped.")
    return Plan(
        title=f"The subscription changes to {product.name}",
        changes=_rows(
            ("Product", subscription.product.name, product.name),
            ("Seats", _number(subscription.seats), _number(wanted.seats)),
            ("Units", _number(subscription.units), _number(wanted.units)),
            ("Discount", str(subscription.discount or ""), str(wanted.discount or "")),
            ("Each period", _money(subscription, before), _money(subscription, after)),
            ("Period ends", _day(period_of(subscription).end_at), _day(wanted.period.end_at)),
        ),
        effects=tuple(effects),
        webhooks=tuple(webhooks),
        notes=_notes(subscription, wanted),
    )


def describe_later(subscription: Subscription, row: PendingUpdate) -> Plan:
    """What would wait for the next period; `row` need not be saved."""
    seats = subscription.seats if row.seats is None else row.seats
    units = subscription.units if row.units is None else row.units
    product = row.product or subscription.product
    discount = row.discount if row.changes_discount else subscription.discount
    return Plan(
        title=f"The subscription changes with its next period, on {_day(row.applies_at)}",
        changes=_rows(
            ("Product", subscription.product.name, product.name),
            ("Seats", _number(subscription.seats), _number(seats)),
            ("Units", _number(subscription.units), _number(units)),
            ("Discount", str(subscription.discount or ""), str(discount or "")),
        ),
        effects=("Nothing is charged or credited before.",),
        webhooks=(_TOLD,),
    )


def describe_nothing(subscription: Subscription) -> Plan:
    """It is as wished already: only what waits is taken back, if anything does."""
    if waiting_update(subscription) is None:
        return Plan(title="Nothing changes", obstacles=("The subscription is like that already.",))
    return Plan(
        title="What waits for the next period is taken back",
        effects=("The subscription stays as it is.",),
        webhooks=(_TOLD,),
    )


def _billing(wanted: Change) -> list[str]:
    if wanted.ends_trial:
        return ["The trial ends now, and the first period is billed."]
    if wanted.is_invoiced:
        return [
            "An order is made and paid at once, with whatever else waits to be billed.",
            "If the payment fails, nothing changes.",
        ]
    if wanted.entries:
        return ["The difference is part of the next order."]
    return ["Nothing is charged or credited now."]


def _notes(subscription: Subscription, wanted: Change) -> tuple[str, ...]:
    if not wanted.entries:
        return ()
    amount = sum(entry.signed_amount for entry in wanted.entries)
    return (f"At this moment the difference is {_money(subscription, amount)}, before tax.",)


def _recurring(subscription: Subscription, wanted: Change) -> int:
    amount: int = amount_values(subscription, wanted.amounts, wanted.discount)["amount"]
    return amount


def _rows(*rows: tuple[str, str, str]) -> tuple[Row, ...]:
    return tuple(Row(*row) for row in rows if row[1] != row[2])


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


def _money(subscription: Subscription, amount: int) -> str:
    return format_amount(amount, subscription.currency)


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
