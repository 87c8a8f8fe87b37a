"""When a subscription may be changed at all."""

from __future__ import annotations

from apps.seats.selectors import taken_count
from apps.subscriptions.errors import (
    AlreadyCanceledSubscription,
    SeatsAlreadyAssigned,
    SubscriptionLocked,
)
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.proration import Quantity
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


def require_room(subscription: Subscription, quantity: Quantity, number: int) -> None:
    """
    Pass if everybody who has a seat, invited or seated, still has one of so many.

    :raises SeatsAlreadyAssigned: if somebody would not.
    """
    if quantity is not Quantity.SEATS or number >= (subscription.seats or 0):
        return
    taken = taken_count(subscription_id=subscription.pk)
    if number < taken:
        raise SeatsAlreadyAssigned(bound=taken, requested=number)
