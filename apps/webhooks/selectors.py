"""What is read about webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from apps.core.postgres.base import DatabaseWrapper
from apps.core.prepared import ID_MARK, Prepared
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet
from apps.webhooks.models import WebhookEndpoint, WebhookEvent
from apps.webhooks.schedule import FAILURES_TO_DISABLE

_listening = Prepared(
    lambda value: WebhookEndpoint.objects.filter(organization_id=value, deleted_at=None).order_by(
        "pk"
    ),
    mark=ID_MARK,
)
_LISTENING = "webhooks.listening"


def listening_endpoints(organization_id: UUID) -> list[WebhookEndpoint]:
    """
    The endpoints of an organization, disabled ones included.

    Read once in a transaction, which may record many events.
    """
    notes = cast(DatabaseWrapper, connection).transaction_notes()
    if notes is None:
        return _listening.rows(organization_id)
    known: dict[UUID, list[WebhookEndpoint]] = notes.setdefault(_LISTENING, {})
    if organization_id not in known:
        known[organization_id] = _listening.rows(organization_id)
    return known[organization_id]


def forget_listening() -> None:
    """Read them anew: one of them was changed."""
    notes = cast(DatabaseWrapper, connection).transaction_notes()
    if notes is not None:
        notes.pop(_LISTENING, None)


def living_endpoints(organization: Organization) -> TenantQuerySet[WebhookEndpoint]:
    """The endpoints that an organization has."""
    return WebhookEndpoint.objects.for_organization(organization).living()


def waiting_events(endpoint_id: UUID, limit: int) -> list[WebhookEvent]:
    """The head of an endpoint's queue, in order."""
    return list(
        WebhookEvent.objects.filter(
            endpoint_id=endpoint_id,
            status=WebhookEvent.Status.PENDING,
            sequence__isnull=False,
        ).order_by("sequence")[:limit]
    )


def latest_outcomes(endpoint_id: UUID) -> list[bool]:
    """Whether each of an endpoint's latest finished events was delivered, newest first."""
    finished = (WebhookEvent.Status.DELIVERED, WebhookEvent.Status.FAILED)
    statuses = (
        WebhookEvent.objects.filter(endpoint_id=endpoint_id, status__in=finished)
        .order_by("-finished_at", "-sequence")
        .values_list("status", flat=True)[:FAILURES_TO_DISABLE]
    )
    return [status == WebhookEvent.Status.DELIVERED for status in statuses]


def next_try(endpoint_id: UUID) -> datetime | None:
    """
    When an endpoint is to be served next; None if nothing waits for it, or somebody serves it.

    A time that has passed means at once.
    """
    waiting = WebhookEvent.objects.filter(
        endpoint_id=endpoint_id, status=WebhookEvent.Status.PENDING
    )
    row = WebhookEndpoint.objects.filter(
        Exists(waiting), pk=endpoint_id, claim=None, is_enabled=True, deleted_at=None
    )
    found = row.values_list("next_attempt_at", "created_at").first()
    return found and (found[0] or found[1])


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many endpoints are due that nobody serves, and how long the first of them has waited."""

    count: int
    longest: timedelta | None


def backlog(at: datetime) -> Backlog:
    """
    What couriers owe as of `at`, the machine's time. One query.

    An endpoint waits since the latest of: its pause was over, its next event was written or asked
    for again, something was sent to it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), %(at)s - min(since) FROM (
                SELECT greatest(
                    endpoint.next_attempt_at, head.modified_at,
                    -- The first 48 bits of a UUIDv7 are the milliseconds of its making.
                    to_timestamp(('x' || lpad(replace(left(head.id::text, 13), '-', ''), 16, '0'))
                        ::bit(64)::bigint / 1000.0),
                    (SELECT max(created_at) FROM webhooks_webhookdelivery
                     WHERE endpoint_id = endpoint.id)
                ) AS since
                FROM webhooks_webhookendpoint endpoint
                CROSS JOIN LATERAL (
                    SELECT id, modified_at FROM webhooks_webhookevent
                    WHERE endpoint_id = endpoint.id AND status = 'pending'
                    ORDER BY sequence LIMIT 1
                ) head
                WHERE endpoint.is_enabled AND endpoint.deleted_at IS NULL
                    AND (endpoint.next_attempt_at IS NULL OR endpoint.next_attempt_at <= %(at)s)
                    AND (endpoint.claimed_until IS NULL OR endpoint.claimed_until < %(at)s)
            ) waiting
            """,
            {"at": at},
        )
        count, longest = cursor.fetchone()
    return Backlog(count, longest)


def endpoints_to_serve(at: datetime, limit: int) -> Sequence[UUID]:
    """Endpoints with something to deliver that nobody is serving, longest waiting first."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=at)
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=at)
    waiting = WebhookEvent.objects.filter(
        endpoint_id=OuterRef("pk"), status=WebhookEvent.Status.PENDING
    )
    return list(
        WebhookEndpoint.objects.filter(free, due, Exists(waiting), is_enabled=True, deleted_at=None)
        .order_by("next_attempt_at", "pk")
        .values_list("pk", flat=True)[:limit]
    )
