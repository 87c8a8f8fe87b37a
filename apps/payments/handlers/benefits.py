"""When a refund takes benefits back, or gives them back."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.payments.operations.refunds.withdrawing import align_refunded_benefits


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    for event_type in ("refund.created", "refund.updated"):
        subscribe(event_type, "payments.align_benefits", align, when=_revokes)


def align(event: Event, origin: Origin) -> None:
    """Something became of a refund; how it stands by now is what counts."""
    align_refunded_benefits(refund_id=UUID(event.subject_id), origin=origin)


def _revokes(event: Event) -> bool:
    return bool(event.payload.get("revoke_benefits"))
