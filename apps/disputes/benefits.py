"""When a dispute takes benefits back, or gives them back."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from apps.core.origin import Origin
from apps.disputes.operations.withdrawing import align_disputed_benefits
from apps.events.models import Event
from apps.events.registry import subscribe

# Open again, it is told as updated.
MOVES: Final = ("updated", "under_review", "lost", "prevented", "won")


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    for move in MOVES:
        subscribe(f"dispute.{move}", "disputes.align_benefits", _align, when=_is_of_purchase)


def _align(event: Event, origin: Origin) -> None:
    align_disputed_benefits(dispute_id=UUID(event.subject_id), origin=origin)


def _is_of_purchase(event: Event) -> bool:
    return bool(event.payload.get("order_id")) and not event.payload.get("subscription_id")
