"""What disputes mean for subscriptions."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.subscriptions.operations import end_disputed_subscription


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    for event_type in ("dispute.lost", "dispute.prevented"):
        subscribe(event_type, "subscriptions.end_disputed", end_disputed, when=_ends_one)


def end_disputed(event: Event, origin: Origin) -> None:
    """The payer of an order of a subscription has the money back."""
    subscription_id = UUID(event.payload["subscription_id"])
    end_disputed_subscription(subscription_id=subscription_id, origin=origin)


def _ends_one(event: Event) -> bool:
    payload = event.payload
    return payload.get("access") == "revoke" and payload.get("subscription_id") is not None
