"""Having events delivered again: one, or all that fit a filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from apps.core.origin import Origin
from apps.events.operations import record
from apps.webhooks.errors import EndpointDisabled, EventArchived
from apps.webhooks.locks import lock_endpoint, lock_event
from apps.webhooks.models import WebhookEndpoint, WebhookEvent
from apps.webhooks.operations.switching import ring
from apps.webhooks.states import WEBHOOK_EVENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """
    Which of an endpoint's events: written at or after `since` and before `until`, of these types,
    in these states; what is empty does not narrow.
    """

    since: datetime | None = None
    until: datetime | None = None
    types: Sequence[str] = ()
    statuses: Sequence[str] = ()


def selected_events(endpoint_id: UUID, selection: Selection) -> QuerySet[WebhookEvent]:
    """The events that can be delivered again; those that wait already, or are archived, are not."""
    rows = WebhookEvent.objects.filter(endpoint_id=endpoint_id, payload__isnull=False).exclude(
        status=WebhookEvent.Status.PENDING
    )
    if selection.since is not None:
        rows = rows.filter(created_at__gte=selection.since)
    if selection.until is not None:
        rows = rows.filter(created_at__lt=selection.until)
    if selection.types:
        rows = rows.filter(type__in=selection.types)
    if selection.statuses:
        rows = rows.filter(status__in=selection.statuses)
    return rows


@transaction.atomic
def redeliver_event(*, event_id: UUID, origin: Origin) -> WebhookEvent:
    """
    Deliver an event again, whatever became of it, at its place: before all that is newer.

    The receiver sees the same id and sequence. One that waits already is only hurried. Records
    `webhook_event.redelivered`.

    :raises ResourceNotFound: if there is none, or its endpoint is deleted.
    :raises EventArchived: if its payload is gone.
    :raises EndpointDisabled: if its endpoint is.
    """
    event = lock_event(event_id)
    endpoint = lock_endpoint(event.endpoint_id)
    if event.payload is None:
        raise EventArchived
    if not endpoint.is_enabled:
        raise EndpointDisabled
    if event.status != WebhookEvent.Status.PENDING:
        WEBHOOK_EVENT.require(event.status, WebhookEvent.Status.PENDING)
        event.status = WebhookEvent.Status.PENDING
        event.attempt_count = 0
        event.first_attempt_at = event.finished_at = None
        event.modified_at = origin.at
        event.save(
            update_fields=[
                "status",
                "attempt_count",
                "first_attempt_at",
                "finished_at",
                "modified_at",
            ]
        )
    record(
        "webhook_event.redelivered",
        subject=event,
        organization_id=event.organization_id,
        origin=origin,
        payload={"type": event.type},
    )
    _hurry(endpoint)
    return event


@transaction.atomic
def redeliver_events(*, endpoint_id: UUID, selection: Selection, origin: Origin) -> int:
    """
    Deliver again all that fit, in their order; how many. Records `webhook_endpoint.redelivered`.

    :raises ResourceNotFound: if the endpoint is deleted.
    :raises EndpointDisabled: if it is disabled.
    """
    endpoint = lock_endpoint(endpoint_id)
    if not endpoint.is_enabled:
        raise EndpointDisabled
    count = selected_events(endpoint_id, selection).update(
        status=WebhookEvent.Status.PENDING,
        attempt_count=0,
        first_attempt_at=None,
        finished_at=None,
        modified_at=origin.at,
    )
    record(
        "webhook_endpoint.redelivered",
        subject=endpoint,
        organization_id=endpoint.organization_id,
        origin=origin,
        payload={"count": count},
    )
    _hurry(endpoint)
    return count


def _hurry(endpoint: WebhookEndpoint) -> None:
    """Try now, pause or not."""
    endpoint.next_attempt_at = None
    endpoint.save(update_fields=["next_attempt_at"])
    ring(endpoint.pk)
