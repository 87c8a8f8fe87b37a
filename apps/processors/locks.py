"""Row locks of the inbox."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.processors.models import InboundEvent


def claim_received_event(event_id: UUID) -> InboundEvent | None:
    """The event, locked; None if it is dealt with, or in another worker's hands."""
    return (
        InboundEvent.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(pk=event_id, status=InboundEvent.Status.RECEIVED)
        .first()
    )


def lock_inbound_event(event_id: UUID) -> InboundEvent:
    """The event, locked until the end of the transaction."""
    try:
        return InboundEvent.objects.select_for_update(no_key=True).get(pk=event_id)
    except InboundEvent.DoesNotExist:
        raise ResourceNotFound from None


def claim_old_payloads(before: datetime, *, limit: int) -> list[UUID]:
    """Ids of handled or ignored events since before `before` that have their payload, locked."""
    return list(
        InboundEvent.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(
            status__in=(InboundEvent.Status.HANDLED, InboundEvent.Status.IGNORED),
            handled_at__lt=before,
            payload__isnull=False,
        )
        .order_by("handled_at")
        .values_list("pk", flat=True)[:limit]
    )


def claim_due_events(at: datetime, *, limit: int) -> list[InboundEvent]:
    """Unhandled events whose time has come, locked; those in other hands are left out."""
    return list(
        InboundEvent.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(status=InboundEvent.Status.RECEIVED, next_attempt_at__lte=at)
        .order_by("next_attempt_at")[:limit]
    )
