"""What seats are told of subscriptions, and who gets the first one."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import listen
from apps.seats.containers import Keeper, Seating, register_keeper
from apps.seats.operations import seat_buyer
from apps.subscriptions.locks import lock_subscription
from apps.subscriptions.models import Subscription
from apps.subscriptions.seating import container_of, find_container

# Events of a change by which a subscription may come to have seats.
CHANGED: Final = ("subscription.updated", "subscription.cycled")


def register() -> None:
    """Tell seats of subscriptions, and listen; called once, when Django is ready."""
    register_keeper(
        "subscription_id",
        Keeper(
            lock=lambda pk, at: container_of(lock_subscription(pk), at),
            find=find_container,
            of_checkout=lambda pk: Subscription.objects.filter(checkout_id=pk).values_list(
                "pk", flat=True
            ),
        ),
    )
    for event_type in CHANGED:
        listen(event_type, seat_whoever_had_it)


def seat_whoever_had_it(event: Event, origin: Origin) -> None:
    """A subscription got seats: whoever had it alone keeps it, on the first of them."""
    before, after = event.changes.get("seats") or (None, None)
    if before is None and after is not None:
        seat_buyer(seated=Seating(subscription_id=UUID(event.subject_id)), origin=origin)
