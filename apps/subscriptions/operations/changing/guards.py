"""When a subscription may be changed at all."""

from __future__ import annotations

from apps.subscriptions.errors import AlreadyCanceledSubscription, SubscriptionLocked
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.selectors import open_update
from apps.subscriptions.states import ENDED


def require_changeable(subscription: Subscription) -> None:
    """
    Pass if the subscription goes on.

    :raises AlreadyCanceledSubscription: if it has ended, or will with its period.
    """
    if subscription.status in ENDED or subscription.cancel_at_period_end:
        raise AlreadyCanceledSubscription


def require_no_open_payment(subscription: Subscription) -> None:
    """
    Pass unless a change of the subscription waits for its payment.

    :raises SubscriptionLocked: if one does: what it will be is not known until then.
    """
    if open_update(subscription, PendingUpdate.Timing.PAYMENT) is not None:
        raise SubscriptionLocked
