"""Moving the end of a trial or of a period."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.subscriptions.errors import AlreadyCanceledSubscription, InactiveSubscription
from apps.subscriptions.locks import lock_for_change
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.operations.announcing import announce, change
from apps.subscriptions.operations.cycling import cycle_subscription
from apps.subscriptions.periods import anchor_of, ended_at
from apps.subscriptions.states import ACTIVE, SUBSCRIPTION

# As far ahead as an end may be moved: what follows it must still be in the calendar.
REACH: Final = timedelta(days=365_000)


@transaction.atomic
def set_trial_end(
    *, subscription_id: UUID, trial_end_at: datetime | None, origin: Origin
) -> Subscription:
    """
    Let a trial end at another time; None: now, and the first period is billed.

    An active subscription is put on trial by it. What it paid for the period stays paid. Records
    `subscription.trial_changed`, and what `cycle_subscription` does when the trial ends now.

    :raises AlreadyCanceledSubscription: if it has ended or is set to.
    :raises InactiveSubscription: if it is past due or paused.
    :raises ValidationFailed: for a time not after the end of the current period or beyond `REACH`,
        or for ending a trial that there is not.
    :raises SubscriptionLocked: while a change of it is being paid for.
    """
    subscription = _changeable(subscription_id)
    is_trial = subscription.status == Subscription.Status.TRIALING
    if trial_end_at is None and not is_trial:
        raise _wrong("trial_end", "The subscription is not on trial.", "now")
    if trial_end_at is not None and trial_end_at <= subscription.current_period_end_at:
        raise _wrong(
            "trial_end",
            "The trial must end after the current period.",
            trial_end_at.isoformat(),
        )
    ends_at = trial_end_at or ended_at(subscription.current_period_start_at, origin.at)
    _require_in_reach("trial_end", ends_at, origin)
    values: dict[str, Any] = {"trial_end_at": ends_at, "current_period_end_at": ends_at}
    if not is_trial:
        SUBSCRIPTION.require(subscription.status, Subscription.Status.TRIALING)
        values |= {"status": Subscription.Status.TRIALING, "trial_start_at": origin.at}
    changes = change(subscription, values, origin)
    _move_waiting_change(subscription, origin)
    announce(subscription, "subscription.trial_changed", origin=origin, changes=changes)
    if trial_end_at is None:
        return cycle_subscription(subscription_id=subscription_id, force=True, origin=origin)
    return subscription


@transaction.atomic
def change_period_end(
    *, subscription_id: UUID, period_end_at: datetime, origin: Origin
) -> Subscription:
    """
    Let the current period end at another time, which sets the anchor; nothing is billed for it.

    A trial ends with its period, and a waiting change applies then. Records
    `subscription.period_changed`.

    :raises AlreadyCanceledSubscription: if it has ended or is set to.
    :raises InactiveSubscription: if it is past due or paused.
    :raises ValidationFailed: for a time that is not to come, or beyond `REACH`.
    :raises SubscriptionLocked: while a change of it is being paid for.
    """
    subscription = _changeable(subscription_id)
    if period_end_at <= max(origin.at, subscription.current_period_start_at):
        raise _wrong(
            "current_billing_period_end", "The date must be to come.", period_end_at.isoformat()
        )
    _require_in_reach("current_billing_period_end", period_end_at, origin)
    values: dict[str, Any] = {
        "current_period_end_at": period_end_at,
        "anchor_day": anchor_of(period_end_at),
    }
    if subscription.status == Subscription.Status.TRIALING:
        values["trial_end_at"] = period_end_at
    changes = change(subscription, values, origin)
    _move_waiting_change(subscription, origin)
    announce(subscription, "subscription.period_changed", origin=origin, changes=changes)
    return subscription


def _changeable(subscription_id: UUID) -> Subscription:
    subscription = lock_for_change(subscription_id)
    if subscription.status == Subscription.Status.CANCELED or subscription.cancel_at_period_end:
        raise AlreadyCanceledSubscription
    if subscription.status not in ACTIVE:
        raise InactiveSubscription
    return subscription


def _require_in_reach(name: str, at: datetime, origin: Origin) -> None:
    if at > origin.at + REACH:
        raise _wrong(name, "The date is too far ahead.", at.isoformat())


def _move_waiting_change(subscription: Subscription, origin: Origin) -> None:
    """A change that waits for the end of the period goes along with it."""
    PendingUpdate.objects.filter(
        subscription=subscription,
        timing=PendingUpdate.Timing.PERIOD,
        applied_at=None,
        discarded_at=None,
    ).update(applies_at=subscription.current_period_end_at, modified_at=origin.at)


def _wrong(name: str, message: str, value: str) -> ValidationFailed:
    return ValidationFailed.at("body", name, msg=message, value=value)
