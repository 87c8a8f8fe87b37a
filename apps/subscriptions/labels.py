"""The words of order lines that come from a subscription. Pure."""

from __future__ import annotations

from typing import Final

from apps.orders.labels import change_label, item_label, period_label
from apps.subscriptions.models import BillingEntry, Subscription

_QUANTITY_TYPES: Final = (
    BillingEntry.Type.SEATS_INCREASE,
    BillingEntry.Type.SEATS_DECREASE,
    BillingEntry.Type.UNITS_INCREASE,
    BillingEntry.Type.UNITS_DECREASE,
)


def entry_label(entry: BillingEntry) -> str:
    """What an entry is for and from when to when: product, quantity, what is left or given back."""
    return period_label(_subject(entry), start_at=entry.start_at, end_at=entry.end_at)


def trial_label(subscription: Subscription) -> str:
    """The one line of a trial."""
    return period_label(
        f"Trial of {subscription.product.name}",
        start_at=subscription.current_period_start_at,
        end_at=subscription.current_period_end_at,
    )


def _subject(entry: BillingEntry) -> str:
    name, price = entry.product.name, entry.price
    if entry.type in _QUANTITY_TYPES:
        return change_label(
            name,
            price_type=price.kind,
            before=entry.quantity_before or 0,
            after=entry.quantity_after or 0,
        )
    text = item_label(
        name,
        price_type=price.kind,
        quantity=entry.quantity_after,
        unit_label=price.unit_label,
    )
    if entry.type == BillingEntry.Type.PRORATION:
        is_credit = entry.direction == BillingEntry.Direction.CREDIT
        return f"{'Unused' if is_credit else 'Remaining'} time on {text}"
    return text
