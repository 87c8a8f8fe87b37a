"""Writing a computed change on a subscription."""

from __future__ import annotations

from typing import Any

from apps.catalog.models import Price
from apps.core.changes import Changes
from apps.core.origin import Origin
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription, SubscriptionPrice
from apps.subscriptions.operations.announcing import announce, change
from apps.subscriptions.operations.changing.computing import Change
from apps.subscriptions.operations.creating import make_team_for_seats
from apps.subscriptions.operations.pricing import amount_values, write_lines
from apps.subscriptions.proration import Side
from apps.subscriptions.states import SUBSCRIPTION


def apply_change(
    subscription: Subscription, wanted: Change, *, origin: Origin, **told: Any
) -> Changes:
    """
    Make a locked subscription what `wanted` says and record `subscription.updated`.

    The first period after a trial is told of as every other one, by `subscription.cycled`. The
    entries are not written here, see `write_entries`. `told` goes into the event, JSON-ready.
    """
    previous_product_id = subscription.product_id
    changes = write_change(subscription, wanted, origin)
    announce(
        subscription,
        "subscription.cycled" if wanted.starts_billing else "subscription.updated",
        origin=origin,
        changes=changes,
        previous_product_id=str(previous_product_id),
        is_product_changed=previous_product_id != subscription.product_id,
        **told,
    )
    return changes


def write_change(subscription: Subscription, wanted: Change, origin: Origin) -> Changes:
    """As `apply_change`, for a caller who tells of it in an event of its own."""
    prices = Price.objects.in_bulk([line.price_id for line in wanted.lines])
    write_lines(
        subscription,
        [
            SubscriptionPrice(price=prices[line.price_id], position=position, amount=line.amount)
            for position, line in enumerate(wanted.lines)
        ],
    )
    changes = change(subscription, values_of(subscription, wanted), origin)
    if "current_period_end_at" in changes:
        _move_waiting(subscription, origin)
    if wanted.seats is not None:
        make_team_for_seats(subscription.customer, list(prices.values()), origin)
    return changes


def _move_waiting(subscription: Subscription, origin: Origin) -> None:
    """What waits for the end of the period waits for the new one."""
    waiting = PendingUpdate.objects.filter(
        subscription=subscription,
        timing=PendingUpdate.Timing.PERIOD,
        applied_at=None,
        discarded_at=None,
    )
    waiting.update(applies_at=subscription.current_period_end_at, modified_at=origin.at)


def values_of(subscription: Subscription, wanted: Change) -> dict[str, Any]:
    """The columns of a changed subscription."""
    more: dict[str, Any] = {}
    if wanted.metadata is not None:
        more["metadata"] = dict(wanted.metadata)
    if wanted.starts_billing:
        SUBSCRIPTION.require(subscription.status, Subscription.Status.ACTIVE)
        more["status"] = Subscription.Status.ACTIVE
    return {
        **more,
        "product_id": wanted.product_id,
        "discount_id": wanted.discount.pk if wanted.discount else None,
        "discount_applied_at": wanted.discount_applied_at,
        "seats": wanted.seats,
        "units": wanted.units,
        "recurring_interval": wanted.recurring_interval,
        "recurring_interval_count": wanted.recurring_interval_count,
        "anchor_day": wanted.anchor_day,
        "current_period_start_at": wanted.period.start_at,
        "current_period_end_at": wanted.period.end_at,
        "trial_end_at": wanted.trial_end_at,
        **amount_values(subscription, wanted.amounts, wanted.discount),
    }


def write_entries(
    subscription: Subscription, wanted: Change, *, origin: Origin
) -> list[BillingEntry]:
    """Keep the entries of a change, before it is applied; they wait to be billed."""
    return BillingEntry.objects.bulk_create(entries_of(subscription, wanted, origin=origin))


def entries_of(subscription: Subscription, wanted: Change, *, origin: Origin) -> list[BillingEntry]:
    """The billing entries of a change to a subscription that is still as before; not saved."""
    prices = Price.objects.select_related("product").in_bulk(
        [draft.price_id for draft in wanted.entries]
    )
    discounts = {Side.OLD: subscription.discount, Side.NEW: wanted.discount}
    return [
        BillingEntry(
            created_at=origin.at,
            organization_id=subscription.organization_id,
            subscription=subscription,
            product=prices[draft.price_id].product,
            price=prices[draft.price_id],
            type=draft.type,
            direction=draft.direction.value,
            amount=draft.amount,
            currency=subscription.currency,
            discount=discounts[draft.side] if draft.discount_amount else None,
            discount_amount=draft.discount_amount,
            start_at=draft.period.start_at,
            end_at=draft.period.end_at,
            quantity_before=draft.quantity_before,
            quantity_after=draft.quantity_after,
        )
        for draft in wanted.entries
    ]
