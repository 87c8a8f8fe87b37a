"""The change that waits for the next period: one row, to which later wishes are added."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.catalog.models import Product
from apps.core.changes import Changes
from apps.core.ids import new_id
from apps.core.origin import Origin
from apps.discounts.models import Discount
from apps.discounts.operations import release_subscription_redemption
from apps.subscriptions.errors import QuantityOutOfBounds
from apps.subscriptions.locks import lock_for_change
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.operations.announcing import announce
from apps.subscriptions.operations.changing.applying import write_change
from apps.subscriptions.operations.changing.computing import (
    Change,
    compute_unbilled,
    require_quantity,
)
from apps.subscriptions.operations.changing.offers import (
    Offer,
    find_offer,
    present_offer,
    quantities_for,
)
from apps.subscriptions.operations.changing.redeeming import (
    give_back_discount,
    held_discount_id,
    use_discount,
)
from apps.subscriptions.operations.changing.wishes import UNCHANGED, Behavior, Unchanged
from apps.subscriptions.periods import anchor_of
from apps.subscriptions.proration import Quantity
from apps.subscriptions.selectors import open_update

# Days and weeks have no day of the month to keep to.
_WITH_ANCHOR: Final = frozenset({Product.Interval.MONTH, Product.Interval.YEAR})


def waiting_update(subscription: Subscription) -> PendingUpdate | None:
    """The change that waits for the next period, if there is one."""
    return open_update(subscription, PendingUpdate.Timing.PERIOD)


def schedule_product(
    subscription: Subscription,
    offer: Offer,
    *,
    discount: Discount | Unchanged | None,
    behavior: Behavior,
    origin: Origin,
) -> PendingUpdate:
    """
    Have the product change with the next period; numbers that wait already must fit it.

    The discount is used from now on; one that waited until now is given back.

    :raises DiscountNotRedeemable: if the discount has not begun, is over or used up.
    :raises DiscountRedemptionLimitReached: if the customer has used it as often as one may.
    :raises QuantityOutOfBounds: if the seats or units do not fit.
    """
    former_id = held_discount_id(waiting_update(subscription))
    row = with_product(subscription, offer, discount)
    if held_discount_id(row) != former_id:
        if former_id is not None:
            release_subscription_redemption(
                subscription_id=subscription.pk, discount_id=former_id, origin=origin
            )
        if row.discount is not None:
            use_discount(subscription, row.discount, origin)
    return _saved(row, subscription, behavior, origin)


def schedule_quantity(
    subscription: Subscription,
    quantity: Quantity,
    number: int,
    *,
    behavior: Behavior,
    origin: Origin,
) -> PendingUpdate:
    """
    Have the number of seats or units change with the next period.

    :raises QuantityOutOfBounds: if the product of that period does not allow so many.
    """
    row = with_quantity(subscription, quantity, number)
    return _saved(row, subscription, behavior, origin)


def with_product(
    subscription: Subscription, offer: Offer, discount: Discount | Unchanged | None
) -> PendingUpdate:
    """
    What would wait if the product were to change too; not saved.

    :raises QuantityOutOfBounds: if the seats or units do not fit.
    """
    row = waiting_update(subscription) or _new_row(subscription)
    quantities_for(
        offer,
        seats=subscription.seats if row.seats is None else row.seats,
        units=subscription.units if row.units is None else row.units,
    )
    row.product = offer.product
    if not isinstance(discount, Unchanged):
        row.discount, row.changes_discount = discount, True
    return row


def with_quantity(subscription: Subscription, quantity: Quantity, number: int) -> PendingUpdate:
    """
    What would wait if this number were to change too; not saved.

    :raises QuantityOutOfBounds: if the product of the next period does not allow so many.
    """
    row = waiting_update(subscription) or _new_row(subscription)
    require_quantity(present_offer(subscription), quantity, None)
    require_quantity(coming_offer(subscription, row), quantity, number)
    setattr(row, quantity.value, number)
    return row


def forget_quantity(subscription: Subscription, quantity: Quantity, origin: Origin) -> bool:
    """Let a number that waits be forgotten, and the rest of the change wait on; was there one?"""
    row = waiting_update(subscription)
    if row is None or getattr(row, quantity.value) is None:
        return False
    setattr(row, quantity.value, None)
    _settle(row, origin)
    return True


def forget_discount(subscription: Subscription, origin: Origin) -> None:
    """Let a discount that waits be forgotten: another one was set meanwhile."""
    row = waiting_update(subscription)
    if row is not None and row.changes_discount:
        give_back_discount(row, origin)
        row.discount, row.changes_discount = None, False
        _settle(row, origin)


def end_update(row: PendingUpdate, origin: Origin, *, kept: UUID | None = None) -> None:
    """Give up a change that waits, and the use of its discount; not if that is `kept`."""
    give_back_discount(row, origin, kept)
    row.discarded_at = row.modified_at = origin.at
    row.save(update_fields=["discarded_at", "modified_at"])


def coming_offer(subscription: Subscription, row: PendingUpdate | None) -> Offer:
    """What the next period is priced by, as far as is known now."""
    found = None
    if row is not None and row.product is not None:
        found = find_offer(row.product, subscription.currency)
    return found or present_offer(subscription)


@transaction.atomic
def discard_pending_update(*, subscription_id: UUID, origin: Origin) -> Subscription:
    """
    Give up the change that waits for the next period. Nothing waiting, nothing happens.

    Records `subscription.update_cleared`.

    :raises SubscriptionLocked: while a change is being paid for.
    """
    subscription = lock_for_change(subscription_id)
    clear_waiting(subscription, origin)
    return subscription


def clear_waiting(subscription: Subscription, origin: Origin) -> None:
    """As `discard_pending_update`, for a subscription that is locked already."""
    row = waiting_update(subscription)
    if row is not None:
        end_update(row, origin)
        announce(
            subscription,
            "subscription.update_cleared",
            origin=origin,
            changes={"pending_update": (facts_of_update(row), None)},
        )


def apply_pending_update(
    *, subscription: Subscription, update: PendingUpdate, boundary_at: datetime, origin: Origin
) -> Changes:
    """
    Carry out the change that waits for the period that begins at `boundary_at`.

    For the cycle, inside its transaction and with the subscription locked. The period itself is
    the cycle's: product, prices, numbers, discount and interval change here, and the next boundary
    follows from the new interval. A change that has become impossible (the product lost its
    prices in this currency, or its numbers do not fit) is discarded, and the cycle goes on: then
    nothing differs. Tells nobody: the cycle's own event does.
    """
    wanted = coming_change(subscription, update, boundary_at)
    if wanted is None:
        end_update(update, origin)
        return {}
    changes = write_change(subscription, wanted, origin)
    update.applied_at = update.modified_at = origin.at
    update.save(update_fields=["applied_at", "modified_at"])
    return changes


def coming_change(
    subscription: Subscription, row: PendingUpdate, boundary_at: datetime
) -> Change | None:
    """What the subscription will be once `row` applies at a boundary; None if it no longer can."""
    product = row.product
    offer = present_offer(subscription)
    if product is not None:
        found = find_offer(product, subscription.currency)
        if found is None or product.deleted_at is not None:
            return None
        offer = found
    try:
        seats, units = quantities_for(
            offer,
            seats=subscription.seats if row.seats is None else row.seats,
            units=subscription.units if row.units is None else row.units,
        )
    except QuantityOutOfBounds:
        return None
    wanted = compute_unbilled(
        subscription,
        offer.lines(seats=seats, units=units),
        row.discount if row.changes_discount else UNCHANGED,
    )
    wanted = replace(wanted, seats=seats, units=units)
    if product is None:
        return wanted
    interval = product.recurring_interval or ""
    had_anchor = subscription.recurring_interval in _WITH_ANCHOR
    if interval in _WITH_ANCHOR and not had_anchor:
        wanted = replace(wanted, anchor_day=anchor_of(boundary_at))
    return replace(
        wanted,
        product_id=product.pk,
        recurring_interval=interval,
        recurring_interval_count=product.recurring_interval_count or 0,
    )


def facts_of_update(row: PendingUpdate) -> dict[str, Any]:
    """A change that waits, JSON-ready."""
    return {
        "id": str(row.pk),
        "applies_at": row.applies_at.isoformat(),
        "product_id": str(row.product_id) if row.product_id else None,
        "seats": row.seats,
        "units": row.units,
    }


def _new_row(subscription: Subscription) -> PendingUpdate:
    return PendingUpdate(
        pk=new_id(),
        organization_id=subscription.organization_id,
        subscription=subscription,
        timing=PendingUpdate.Timing.PERIOD,
        applies_at=subscription.current_period_end_at,
    )


def _saved(
    row: PendingUpdate, subscription: Subscription, behavior: Behavior, origin: Origin
) -> PendingUpdate:
    row.behavior = behavior.value
    row.applies_at = subscription.current_period_end_at
    if row._state.adding:
        row.created_at = origin.at
    else:
        row.modified_at = origin.at
    row.save()
    announce(
        subscription,
        "subscription.updated",
        origin=origin,
        changes={"pending_update": (None, facts_of_update(row))},
    )
    return row


def _settle(row: PendingUpdate, origin: Origin) -> None:
    """Keep a change that has lost a part, or end it if that was all of it."""
    is_empty = row.product_id is None and row.seats is None and row.units is None
    if is_empty and not row.changes_discount:
        end_update(row, origin)
        return
    row.modified_at = origin.at
    row.save()
