"""Pauses: from the end of a period until somebody, or a date, resumes the subscription."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.orders.models import Order
from apps.payments.errors import OrganizationNotReadyForPayments
from apps.subscriptions.errors import (
    CannotPauseSubscription,
    NoScheduledPause,
    NotPausedSubscription,
)
from apps.subscriptions.locks import lock_for_change, lock_subscription
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.operations.announcing import announce, change
from apps.subscriptions.operations.cycling import RENEWALS, apply_waiting, start_period
from apps.subscriptions.periods import anchor_of, first_period
from apps.subscriptions.selectors import has_dunning, open_update
from apps.subscriptions.states import SUBSCRIPTION


@transaction.atomic
def pause_subscription(
    *, subscription_id: UUID, resumes_at: datetime | None = None, origin: Origin
) -> Subscription:
    """
    Let a subscription pause when its period ends, until `resumes_at` or for an open time.

    Records `subscription.pause_scheduled`.

    :raises CannotPauseSubscription: unless it is active and neither ends nor pauses already.
    :raises ValidationFailed: for a date that is not after the end of the period.
    :raises SubscriptionLocked: while a change of it is being paid for.
    """
    subscription = lock_for_change(subscription_id)
    if (
        subscription.status != Subscription.Status.ACTIVE
        or subscription.cancel_at_period_end
        or subscription.pause_at_period_end
        or subscription.ends_at is not None
    ):
        raise CannotPauseSubscription
    if resumes_at is not None and resumes_at <= subscription.current_period_end_at:
        raise ValidationFailed.at(
            "body",
            "resumes_at",
            msg="The date must be after the end of the current period.",
            value=resumes_at.isoformat(),
        )
    values = {"pause_at_period_end": True, "resumes_at": resumes_at}
    changes = change(subscription, values, origin)
    announce(subscription, "subscription.pause_scheduled", origin=origin, changes=changes)
    return subscription


@transaction.atomic
def cancel_pause(*, subscription_id: UUID, origin: Origin) -> Subscription:
    """
    Take back that a subscription pauses when its period ends. Records `subscription.pause_dropped`.

    :raises NoScheduledPause: if it is not going to.
    :raises SubscriptionLocked: while a change of it is being paid for.
    """
    subscription = lock_for_change(subscription_id)
    if not subscription.pause_at_period_end:
        raise NoScheduledPause
    values = {"pause_at_period_end": False, "resumes_at": None}
    changes = change(subscription, values, origin)
    announce(subscription, "subscription.pause_dropped", origin=origin, changes=changes)
    return subscription


@transaction.atomic
def resume_subscription(*, subscription_id: UUID, origin: Origin) -> Subscription:
    """
    End a pause: a new period begins now, sets the anchor, and is billed.

    A change that waits for the next period is made: this is it.

    Records `subscription.resumed`.

    :raises NotPausedSubscription: if it is not paused, as on the second call, or its customer is
        deleted.
    :raises OrganizationNotReadyForPayments: while the organization may not renew.
    :raises SubscriptionLocked: while a change of it is being paid for.
    """
    subscription = lock_for_change(subscription_id)
    if subscription.status != Subscription.Status.PAUSED:
        raise NotPausedSubscription
    if subscription.customer.deleted_at is not None:
        raise NotPausedSubscription("Its customer is deleted: nobody is left to pay for it.")
    if not subscription.organization.can(RENEWALS):
        raise OrganizationNotReadyForPayments
    _resume(subscription, origin)
    return subscription


@transaction.atomic
def resume_due_subscription(*, subscription_id: UUID, origin: Origin) -> bool:
    """
    Resume a paused subscription whose date has come; returns whether it did.

    Anything else is left alone: not paused, no date, too early, a deleted customer, an organization
    that may not renew.
    """
    subscription = lock_subscription(subscription_id)
    is_due = (
        subscription.status == Subscription.Status.PAUSED
        and subscription.resumes_at is not None
        and subscription.resumes_at <= origin.at
    )
    is_allowed = (
        subscription.organization.can(RENEWALS) and subscription.customer.deleted_at is None
    )
    if not is_due or not is_allowed:
        return False
    _resume(subscription, origin)
    return True


def _resume(subscription: Subscription, origin: Origin) -> None:
    SUBSCRIPTION.require(subscription.status, Subscription.Status.ACTIVE)
    waiting = open_update(subscription, PendingUpdate.Timing.PERIOD)
    applied = apply_waiting(subscription, waiting, origin.at, origin)
    period = first_period(
        origin.at,
        interval=subscription.recurring_interval,
        count=subscription.recurring_interval_count,
    )
    values = {
        "status": Subscription.Status.ACTIVE,
        "paused_at": None,
        "resumes_at": None,
        "anchor_day": anchor_of(origin.at),
    }
    if not has_dunning(subscription.pk):
        # Given up or paid while it was paused: what fails from now on has a schedule of its own.
        values["past_due_at"] = None
    reason = Order.BillingReason.SUBSCRIPTION_CYCLE
    changes, order = start_period(subscription, period, reason=reason, values=values, origin=origin)
    announce(
        subscription,
        "subscription.resumed",
        origin=origin,
        changes={**applied, **changes},
        billing_reason=reason.value,
        order_id=str(order.pk) if order else None,
    )
