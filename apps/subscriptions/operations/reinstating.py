"""Bringing a subscription back that has ended."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.subscriptions.errors import CannotReinstateSubscription
from apps.subscriptions.locks import lock_subscription
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.announcing import announce, change
from apps.subscriptions.operations.cycling import RENEWALS
from apps.subscriptions.operations.ending import drop_waiting_change
from apps.subscriptions.periods import Period, next_period
from apps.subscriptions.states import SUBSCRIPTION


@transaction.atomic
def reinstate_subscription(*, subscription_id: UUID, origin: Origin) -> Subscription:
    """
    Let an ended subscription go on as if it had not ended, without a charge; for staff.

    It keeps its anchor, and goes on with the period in which it would be now: the one that was
    cut short, or the next. What was voided stays so. Records `subscription.reinstated`.

    :raises CannotReinstateSubscription: if it has not ended, more than one renewal was missed, the
        organization may not renew, or the customer is deleted.
    """
    subscription = lock_subscription(subscription_id)
    if subscription.status != Subscription.Status.CANCELED:
        raise CannotReinstateSubscription("This subscription has not ended.")
    if not subscription.organization.can(RENEWALS):
        raise CannotReinstateSubscription("The organization may not renew subscriptions.")
    if subscription.customer.deleted_at is not None:
        raise CannotReinstateSubscription("The customer is deleted.")
    SUBSCRIPTION.require(subscription.status, Subscription.Status.ACTIVE)
    period = _present_period(subscription, origin)
    drop_waiting_change(subscription, origin)
    changes = change(
        subscription,
        {
            "status": Subscription.Status.ACTIVE,
            "current_period_start_at": period.start_at,
            "current_period_end_at": period.end_at,
            "cancel_at_period_end": False,
            "canceled_at": None,
            "ends_at": None,
            "ended_at": None,
            "past_due_at": None,
            "paused_at": None,
            "pause_at_period_end": False,
            "resumes_at": None,
            "cancellation_reason": None,
            "cancellation_comment": None,
        },
        origin,
    )
    announce(subscription, "subscription.reinstated", origin=origin, changes=changes)
    return subscription


def _present_period(subscription: Subscription, origin: Origin) -> Period:
    last = Period(subscription.current_period_start_at, subscription.current_period_end_at)
    if last.end_at > origin.at:
        return last
    following = next_period(
        last.end_at,
        interval=subscription.recurring_interval,
        count=subscription.recurring_interval_count,
        anchor_day=subscription.anchor_day,
    )
    if following.end_at <= origin.at:
        raise CannotReinstateSubscription("More than one renewal was missed.")
    return following
