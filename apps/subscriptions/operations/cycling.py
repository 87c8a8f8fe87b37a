"""From one period to the next: the renewal of a subscription, its pause or its end."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.changes import Changes
from apps.core.origin import Origin
from apps.discounts.terms import is_expired
from apps.orders.models import Order
from apps.subscriptions.errors import NotBillableSubscription
from apps.subscriptions.locks import lock_subscription
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.operations.announcing import announce, change
from apps.subscriptions.operations.billing import bill_pending, write_cycle_entries
from apps.subscriptions.operations.ending import end
from apps.subscriptions.operations.pricing import amount_values
from apps.subscriptions.periods import Period, anchor_of, next_period
from apps.subscriptions.selectors import open_updates, prices_of
from apps.subscriptions.states import BILLABLE, SUBSCRIPTION

RENEWALS = "subscription_renewals"
_Reason = Order.BillingReason


@transaction.atomic
def cycle_subscription(
    *, subscription_id: UUID, force: bool = False, origin: Origin
) -> Subscription:
    """
    Carry a subscription over the end of its period, by one period.

    It renews (waiting change, new period, billing entries, order), pauses or ends, as was set.
    Nothing is charged here: `order.created` is what payments go by. One that is not due, whose
    organization may not renew, or whose change is being paid for is only given back to the
    scheduler; so a second call does nothing. `force` does it before the time. After a downtime
    each call makes up for one period.

    Records `subscription.cycled`, `subscription.paused` or `subscription.revoked`.

    :raises NotBillableSubscription: if it is paused or has ended.
    """
    subscription = lock_subscription(subscription_id)
    if subscription.status not in BILLABLE:
        raise NotBillableSubscription
    waiting = open_updates(subscription)
    is_due = force or subscription.current_period_end_at <= origin.at
    if (
        not is_due
        or not subscription.organization.can(RENEWALS)
        or PendingUpdate.Timing.PAYMENT in waiting
    ):
        change(subscription, {"claimed_until": None}, origin)
        return subscription
    if subscription.cancel_at_period_end:
        _end(subscription, origin)
    elif subscription.pause_at_period_end:
        _pause(subscription, origin)
    else:
        _renew(subscription, waiting.get(PendingUpdate.Timing.PERIOD), origin)
    return subscription


def start_period(
    subscription: Subscription,
    period: Period,
    *,
    reason: str,
    values: dict[str, Any] | None = None,
    origin: Origin,
) -> tuple[Changes, Order | None]:
    """
    Let `period` be the current one of a locked subscription and bill it: entries and order.

    A discount that is over goes; one that never counted counts from here. `values` are set
    beside. Announces nothing of the subscription.
    """
    cutoff_at = max(period.start_at, subscription.current_period_end_at)
    changes = change(
        subscription,
        {
            **(values or {}),
            "current_period_start_at": period.start_at,
            "current_period_end_at": period.end_at,
            "claimed_until": None,
            **_discount_values(subscription, period),
        },
        origin,
    )
    write_cycle_entries(subscription, origin)
    order = bill_pending(
        subscription, reason=reason, cutoff_at=cutoff_at, period=period, origin=origin
    )
    return changes, order


def apply_waiting(
    subscription: Subscription,
    waiting: PendingUpdate | None,
    boundary_at: datetime,
    origin: Origin,
) -> Changes:
    """Make the change that waited for the period which begins at `boundary_at`, if one did."""
    if waiting is None:
        return {}
    # Here, since a change that ends a trial cycles in its turn.
    from apps.subscriptions.operations.changing.pending import apply_pending_update

    return apply_pending_update(
        subscription=subscription, update=waiting, boundary_at=boundary_at, origin=origin
    )


def _renew(subscription: Subscription, waiting: PendingUpdate | None, origin: Origin) -> None:
    boundary_at = subscription.current_period_end_at
    applied = apply_waiting(subscription, waiting, boundary_at, origin)
    is_trial = subscription.status == Subscription.Status.TRIALING
    anchor_day = anchor_of(boundary_at) if is_trial else subscription.anchor_day
    period = next_period(
        boundary_at,
        interval=subscription.recurring_interval,
        count=subscription.recurring_interval_count,
        anchor_day=anchor_day,
    )
    values: dict[str, Any] = {"anchor_day": anchor_day}
    if is_trial:
        SUBSCRIPTION.require(subscription.status, Subscription.Status.ACTIVE)
        values["status"] = Subscription.Status.ACTIVE
    reason = _Reason.SUBSCRIPTION_CYCLE_AFTER_TRIAL if is_trial else _Reason.SUBSCRIPTION_CYCLE
    changes, order = start_period(subscription, period, reason=reason, values=values, origin=origin)
    announce(
        subscription,
        "subscription.cycled",
        origin=origin,
        changes={**applied, **changes},
        **_order_facts(reason, order),
        is_product_changed=is_product_changed(applied),
    )


def is_product_changed(changes: Changes) -> bool:
    """Whether the subscriber has another product now."""
    return "product" in changes or "product_id" in changes


def _pause(subscription: Subscription, origin: Origin) -> None:
    SUBSCRIPTION.require(subscription.status, Subscription.Status.PAUSED)
    changes = change(
        subscription,
        {
            "status": Subscription.Status.PAUSED,
            "paused_at": origin.at,
            "pause_at_period_end": False,
            "claimed_until": None,
        },
        origin,
    )
    announce(subscription, "subscription.paused", origin=origin, changes=changes)


def _end(subscription: Subscription, origin: Origin) -> None:
    cutoff_at = subscription.current_period_end_at
    end(
        subscription,
        {},
        origin=origin,
        is_newly_canceled=False,
        billing_reason=_Reason.SUBSCRIPTION_CANCEL.value,
    )
    # After the others were voided: what is left over is still owed.
    bill_pending(
        subscription,
        reason=_Reason.SUBSCRIPTION_CANCEL,
        cutoff_at=cutoff_at,
        period=None,
        origin=origin,
    )


def _discount_values(subscription: Subscription, period: Period) -> dict[str, Any]:
    discount = subscription.discount
    if discount is None:
        return {}
    if subscription.discount_applied_at is None:
        return {"discount_applied_at": period.start_at}
    is_over = is_expired(
        duration=discount.duration,
        months=discount.duration_in_months,
        applied_at=subscription.discount_applied_at,
        period_start_at=period.start_at,
        anchor_day=subscription.anchor_day,
    )
    if not is_over:
        return {}
    amounts = [row.amount for row in prices_of(subscription)]
    return {
        "discount": None,
        "discount_applied_at": None,
        **amount_values(subscription, amounts, None),
    }


def _order_facts(reason: str, order: Order | None) -> dict[str, Any]:
    return {
        "billing_reason": str(reason),
        "order_id": str(order.pk) if order else None,
        "due_amount": order.due_amount if order and not order.is_paid else 0,
    }
