"""The row locks of endpoints and their events."""

from __future__ import annotations

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.core.prepared import ID_MARK, Prepared
from apps.webhooks.models import WebhookEndpoint, WebhookEvent

_endpoint = Prepared(
    lambda value: WebhookEndpoint.objects.select_for_update(of=("self",), no_key=True).filter(
        pk=value
    ),
    mark=ID_MARK,
)
_event = Prepared(
    lambda value: WebhookEvent.objects.select_for_update(of=("self",), no_key=True).filter(
        pk=value
    ),
    mark=ID_MARK,
)


def lock_endpoint(endpoint_id: UUID) -> WebhookEndpoint:
    """
    The endpoint, locked until the transaction ends.

    :raises ResourceNotFound: if there is none, or it is deleted.
    """
    found = _endpoint.first(endpoint_id)
    if found is None or found.deleted_at is not None:
        raise ResourceNotFound
    return found


def lock_event(event_id: UUID) -> WebhookEvent:
    """
    The event, locked until the transaction ends.

    :raises ResourceNotFound: if there is none.
    """
    found = _event.first(event_id)
    if found is None:
        raise ResourceNotFound
    return found
