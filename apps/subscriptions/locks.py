"""The row locks of subscriptions."""

from __future__ import annotations

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.subscriptions.errors import SubscriptionLocked
from apps.subscriptions.models import PendingUpdate, Subscription


def lock_subscription(subscription_id: UUID) -> Subscription:
    """
    The subscription, locked until the end of the transaction; waits for whoever holds it.

    :raises ResourceNotFound: if there is none.
    """
    rows = Subscription.objects.select_related("organization", "customer", "product", "discount")
    found = rows.select_for_update(of=("self",), no_key=True).filter(pk=subscription_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def lock_for_change(subscription_id: UUID) -> Subscription:
    """
    As `lock_subscription`, for a verb that must not cross a change that is being paid for.

    :raises SubscriptionLocked: while the outcome of such a payment is open.
    """
    subscription = lock_subscription(subscription_id)
    open_payments = PendingUpdate.objects.filter(
        subscription=subscription,
        timing=PendingUpdate.Timing.PAYMENT,
        applied_at=None,
        discarded_at=None,
    )
    if open_payments.exists():
        raise SubscriptionLocked
    return subscription
