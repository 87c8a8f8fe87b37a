"""Row locks of the outbox."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.core.prepared import ID_MARK, Prepared
from apps.events.models import Delivery

_open = Prepared(
    lambda value: (
        Delivery.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .select_related("event")
        .filter(pk=value, done_at=None, given_up_at=None)
    ),
    mark=ID_MARK,
)


def claim_open_delivery(delivery_id: UUID) -> Delivery | None:
    """The delivery, locked; None if it is done, given up, or in another worker's hands."""
    return _open.first(delivery_id)


def lock_delivery(delivery_id: UUID) -> Delivery:
    """The delivery, locked until the end of the transaction."""
    try:
        return (
            Delivery.objects.select_for_update(of=("self",), no_key=True)
            .select_related("event")
            .get(pk=delivery_id)
        )
    except Delivery.DoesNotExist:
        raise ResourceNotFound from None


def claim_due_deliveries(at: datetime, *, limit: int) -> list[Delivery]:
    """Open deliveries whose time has come, locked; those in other hands are left out."""
    return list(
        Delivery.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(done_at=None, given_up_at=None, next_attempt_at__lte=at)
        .order_by("next_attempt_at")[:limit]
    )
