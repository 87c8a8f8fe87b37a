"""Carries what waits to one endpoint: claims it, sends event after event, notes each answer."""

from __future__ import annotations

import time
from typing import Final
from uuid import UUID

from django.conf import settings

from apps.core.access_log import access
from apps.core.correlation import correlated
from apps.core.errors import ResourceNotFound
from apps.core.ids import new_id
from apps.core.jobs import enqueue
from apps.core.origin import Door, system_origin
from apps.core.tracing import note_span
from apps.webhooks.errors import ClaimLost
from apps.webhooks.metrics import count_delivery
from apps.webhooks.models import WebhookEndpoint, WebhookEvent
from apps.webhooks.operations import claim_endpoint, record_attempt, release_endpoint
from apps.webhooks.secrets import signing_secrets
from apps.webhooks.selectors import next_try
from apps.webhooks.sending import Line
from apps.webhooks.signing import headers

# After so long the turn of this endpoint is over: others wait for the worker.
TURN_SECONDS: Final = 20.0
# What is due later than this is found by the sweep.
SWEEP_SECONDS: Final = 60.0


def serve(endpoint_id: UUID) -> int:
    """
    Deliver what waits for an endpoint, in order, until it is empty, one try fails or the turn is
    over; how many tries were made. Does nothing while somebody else serves it.
    """
    began = time.monotonic()
    claim = new_id()
    count = 0
    line: Line | None = None
    try:
        while True:
            claimed = claim_endpoint(
                endpoint_id=endpoint_id, claim=claim, origin=system_origin(Door.TASK)
            )
            if claimed is None or not claimed.events:
                return count
            line = line or Line(claimed.endpoint.url, is_local_allowed=settings.SANDBOX)
            for event in claimed.events:
                count += 1
                if not _deliver(claimed.endpoint, event, claim, line):
                    return count
                if time.monotonic() - began > TURN_SECONDS:
                    return count
    except (ClaimLost, ResourceNotFound):
        # Somebody else goes on, or there is nobody to deliver to.
        return count
    finally:
        if line is not None:
            line.close()
        release_endpoint(endpoint_id=endpoint_id, claim=claim)
        _look_back(endpoint_id)


def _deliver(endpoint: WebhookEndpoint, event: WebhookEvent, claim: UUID, line: Line) -> bool:
    """Send one event once; whether the next may follow at once."""
    at = system_origin(Door.TASK).at
    body = event.payload or ""
    sent = headers(
        secrets=signing_secrets(endpoint, at),
        is_standard=endpoint.uses_standard_signature,
        webhook_id=str(event.pk),
        sequence=event.sequence,
        at=at,
        body=body,
        correlation_id=event.correlation_id,
    )
    answer = line.post(body, sent)
    count_delivery(answer)
    with correlated(event.correlation_id):
        note_span(
            f"webhook {event.type}",
            answer.duration_ms / 1000,
            is_failed=not answer.is_success,
            webhook_id=str(event.pk),
            status=answer.http_code,
        )
        access.info(
            "webhook_tried",
            webhook_id=str(event.pk),
            type=event.type,
            endpoint_id=str(endpoint.pk),
            status=answer.http_code,
            duration_ms=answer.duration_ms,
        )
        again_at = record_attempt(
            event_id=event.pk,
            claim=claim,
            answer=answer,
            request_headers=sent,
            origin=system_origin(Door.TASK),
        )
    return again_at is None


def _look_back(endpoint_id: UUID) -> None:
    """
    See to what comes next.

    Who committed an event while we were leaving found the endpoint taken.
    """
    again_at = next_try(endpoint_id)
    if again_at is None:
        return
    countdown = (again_at - system_origin(Door.TASK).at).total_seconds()
    if countdown < SWEEP_SECONDS:
        enqueue(
            "webhooks.serve_endpoint", endpoint_id=str(endpoint_id), countdown=max(countdown, 0)
        )
