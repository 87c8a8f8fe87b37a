"""
Delivering to one endpoint, in order: who delivers, what is next, what came of it.

One worker at a time serves an endpoint; its claim runs out, should it die. What it had sent without
noting it is sent again: receivers know an event by its id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from apps.core.ids import new_id
from apps.core.origin import Origin
from apps.core.rows import insert_row, save_fields
from apps.webhooks.errors import ClaimLost
from apps.webhooks.locks import lock_endpoint, lock_event
from apps.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from apps.webhooks.operations.switching import disable
from apps.webhooks.schedule import PATIENCE, PAUSES, is_failing, pause_after
from apps.webhooks.selectors import latest_outcomes, waiting_events
from apps.webhooks.sending import Answer
from apps.webhooks.states import WEBHOOK_EVENT

# Longer than a batch can take at its worst: a batch ends with its first failure.
CLAIM: Final = timedelta(minutes=2)
BATCH: Final = 50


@dataclass(frozen=True, slots=True)
class Claimed:
    """An endpoint in our hands, and the head of its queue."""

    endpoint: WebhookEndpoint
    claim: UUID
    events: list[WebhookEvent]


@transaction.atomic
def claim_endpoint(*, endpoint_id: UUID, claim: UUID | None, origin: Origin) -> Claimed | None:
    """
    Take an endpoint to deliver to it, or keep it under the `claim` we hold.

    Numbers what was committed since. None if somebody else serves it, it is disabled or deleted,
    or its next try is not due; `events` is empty when nothing waits.
    """
    own = claim or new_id()
    free = Q(claim=own) | Q(claimed_until=None) | Q(claimed_until__lt=origin.at)
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=origin.at)
    taken = WebhookEndpoint.objects.filter(
        free, due, pk=endpoint_id, is_enabled=True, deleted_at=None
    ).update(claim=own, claimed_until=origin.at + CLAIM)
    if not taken:
        return None
    _number(endpoint_id)
    endpoint = WebhookEndpoint.objects.get(pk=endpoint_id)
    return Claimed(endpoint, own, waiting_events(endpoint_id, BATCH))


@transaction.atomic
def release_endpoint(*, endpoint_id: UUID, claim: UUID) -> None:
    """Let others serve it; again, or when it is theirs already, nothing happens."""
    WebhookEndpoint.objects.filter(pk=endpoint_id, claim=claim).update(
        claim=None, claimed_until=None
    )


@transaction.atomic
def record_attempt(
    *,
    event_id: UUID,
    claim: UUID,
    answer: Answer,
    request_headers: dict[str, str],
    origin: Origin,
) -> datetime | None:
    """
    Note what came of a try; when the endpoint is tried again, None to go on at once.

    A success is final. After a failure the endpoint, and with it everything that waits there, is
    left alone for a while, longer each time; the tenth failure of an event ends it, as does the
    first of one that waited longer than ten would take. Ten ended events in a row, or one answer
    of 410, disable the endpoint.

    :raises ClaimLost: if the claim has run out and somebody else took the endpoint.
    """
    event = lock_event(event_id)
    endpoint = lock_endpoint(event.endpoint_id)
    if endpoint.claim != claim:
        raise ClaimLost
    _keep(event, endpoint, answer, request_headers, origin)
    if event.status != WebhookEvent.Status.PENDING:
        # It was skipped while the request was under way.
        return None
    event.attempt_count += 1
    event.last_http_code = answer.http_code
    event.first_attempt_at = event.first_attempt_at or origin.at
    event.modified_at = origin.at
    if answer.is_success:
        _finish(event, WebhookEvent.Status.DELIVERED, origin)
        if endpoint.failure_count:
            _turn(endpoint, failure_count=0, next_attempt_at=None)
        return None
    return _fail(event, endpoint, answer, origin)


def _fail(
    event: WebhookEvent, endpoint: WebhookEndpoint, answer: Answer, origin: Origin
) -> datetime:
    pause = pause_after(event.attempt_count)
    has_waited = origin.at - event.created_at > PATIENCE
    if answer.is_gone or pause is None or has_waited:
        _finish(event, WebhookEvent.Status.FAILED, origin)
        # What comes next is tried soon: only this one is given up.
        pause = PAUSES[0]
        if answer.is_gone:
            disable(endpoint, WebhookEndpoint.DisabledReason.GONE, origin)
        else:
            give_up_failing(endpoint, origin)
    else:
        save_fields(event, "attempt_count", "last_http_code", "first_attempt_at", "modified_at")
    again_at = origin.at + pause
    _turn(endpoint, failure_count=endpoint.failure_count + 1, next_attempt_at=again_at)
    return again_at


def give_up_failing(endpoint: WebhookEndpoint, origin: Origin) -> bool:
    """Disable a locked endpoint whose latest finished events all failed; whether it was."""
    if not is_failing(latest_outcomes(endpoint.pk)):
        return False
    disable(endpoint, WebhookEndpoint.DisabledReason.FAILING, origin)
    return True


def _finish(event: WebhookEvent, status: str, origin: Origin) -> None:
    WEBHOOK_EVENT.require(event.status, status)
    event.status = status
    event.finished_at = origin.at
    save_fields(
        event,
        "status",
        "attempt_count",
        "last_http_code",
        "first_attempt_at",
        "finished_at",
        "modified_at",
    )


def _turn(
    endpoint: WebhookEndpoint, *, failure_count: int, next_attempt_at: datetime | None
) -> None:
    endpoint.failure_count = failure_count
    endpoint.next_attempt_at = next_attempt_at
    save_fields(endpoint, "failure_count", "next_attempt_at")


def _keep(
    event: WebhookEvent,
    endpoint: WebhookEndpoint,
    answer: Answer,
    request_headers: dict[str, str],
    origin: Origin,
) -> None:
    insert_row(
        WebhookDelivery(
            organization_id=event.organization_id,
            endpoint=endpoint,
            event=event,
            created_at=origin.at,
            url=endpoint.url,
            request_headers=request_headers,
            is_success=answer.is_success,
            http_code=answer.http_code,
            response=answer.text,
            duration_ms=answer.duration_ms,
        )
    )


def _number(endpoint_id: UUID) -> None:
    """Give what was committed since its numbers, in the order it was written."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH endpoint AS (
                SELECT last_sequence FROM webhooks_webhookendpoint WHERE id = %(endpoint)s
            ), numbered AS (
                SELECT event.id, row_number() OVER (ORDER BY event.position) AS place
                FROM webhooks_webhookevent event
                WHERE event.endpoint_id = %(endpoint)s AND event.sequence IS NULL
            ), written AS (
                UPDATE webhooks_webhookevent event
                SET sequence = endpoint.last_sequence + numbered.place
                FROM numbered, endpoint
                WHERE event.id = numbered.id
                RETURNING event.sequence
            )
            UPDATE webhooks_webhookendpoint
            SET last_sequence = written.last
            FROM (SELECT max(sequence) AS last FROM written) written
            WHERE id = %(endpoint)s AND written.last IS NOT NULL
            """,
            {"endpoint": endpoint_id},
        )
