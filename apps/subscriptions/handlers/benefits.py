"""When the benefits of a subscriber have to follow."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from apps.benefits.operations import cycle_grants
from apps.benefits.sources import Source, register_source
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import listen, subscribe
from apps.subscriptions.announcements import TOLD_OF_ACCESS
from apps.subscriptions.locks import lock_subscription
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.entitling import align_benefits

# Orders whose payment begins another period.
CYCLES: Final = frozenset({"subscription_cycle", "subscription_cycle_after_trial"})


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    register_source(
        "subscription_id",
        Source(
            of_checkouts=lambda ids: Subscription.objects.filter(checkout_id__in=ids).values("pk"),
            lock=lock_subscription,
            align=lambda pk, origin: align_benefits(subscription_id=pk, origin=origin),
        ),
    )
    for event_type in TOLD_OF_ACCESS:
        subscribe(event_type, "subscriptions.align_benefits", align, when=_may_change)
    listen("order.paid", cycle)
    subscribe("product.benefits_changed", "subscriptions.align_of_product", align_all)


def align(event: Event, origin: Origin) -> None:
    """Something became of a subscription; how it stands by now is what counts."""
    align_benefits(subscription_id=UUID(event.subject_id), origin=origin)


def cycle(event: Event, origin: Origin) -> None:
    """A renewal was paid."""
    if event.payload.get("billing_reason") in CYCLES:
        cycle_grants(subscription_id=UUID(event.payload["subscription_id"]), origin=origin)


def align_all(event: Event, origin: Origin) -> None:
    """A product gives something else now; a job brings it to its subscribers, spread over time."""
    enqueue("subscriptions.align_of_product", product_id=event.subject_id)


def _may_change(event: Event) -> bool:
    return event.payload.get("access") is not None or "seats" in event.changes
