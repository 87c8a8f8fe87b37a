"""Taking up what is due, so that it is done once and by one worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.subscriptions.errors import NotBillableSubscription
from apps.subscriptions.locks import free_due_subscriptions
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.cycling import cycle_subscription
from apps.subscriptions.scheduling import claimed_count

# A worker that died gives its subscriptions back after this.
CLAIM: Final = timedelta(minutes=10)
BATCH: Final = 500
# So that who comes late does not queue behind more than these.
IN_HAND: Final = 1000


@transaction.atomic
def claim_due_subscriptions(*, limit: int = BATCH, origin: Origin) -> list[UUID]:
    """
    Take up to `limit` due subscriptions for ten minutes, those of all organizations in turn.

    Whoever asks meanwhile gets others, and no more than `IN_HAND` are out at once. `origin` is of
    the machine's time. `cycle_subscription` gives each back.
    """
    room = min(limit, IN_HAND - claimed_count(at=origin.at))
    if room <= 0:
        return []
    ids = free_due_subscriptions(origin.at, limit=room)
    Subscription.objects.filter(pk__in=ids).update(claimed_until=origin.at + CLAIM)
    return ids


def cycle_if_due(*, subscription_id: UUID, origin: Origin) -> bool:
    """
    Carry a subscription over the end of its period if it has come; returns whether it was billable.

    One that was paused or ended since it was taken up is left alone.
    """
    try:
        cycle_subscription(subscription_id=subscription_id, origin=origin)
    except NotBillableSubscription:
        return False
    return True
