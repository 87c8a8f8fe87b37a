"""Provider events: stored once, handled once, replayable while they have their payload."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from apps.core.errors import ResourceUnavailable
from apps.core.jobs import backoff, enqueue
from apps.core.origin import Origin
from apps.core.rows import insert_if_new, save_fields
from apps.events.operations import record
from apps.processors import inbox
from apps.processors.locks import claim_due_events, claim_received_event, lock_inbound_event
from apps.processors.models import InboundEvent
from apps.processors.states import INBOUND_EVENT

log = structlog.get_logger(__name__)

# With doubling pauses of at most an hour: about a day.
MAX_ATTEMPTS = 40
FIRST_PAUSE_SECONDS = 1
PAUSE_LIMIT_SECONDS = 3600
# Longer pauses are the sweeper's, so that the broker holds no message for long.
SWEEP_AFTER = timedelta(seconds=60)
SWEEP_LIMIT = 500
# How long the sweeper leaves alone what has just been sent.
GRACE = timedelta(seconds=30)
SENT_FOR = timedelta(minutes=5)


@transaction.atomic
def store_inbound_event(
    *, payload: Mapping[str, Any], source: str = "stripe", origin: Origin
) -> bool:
    """
    Keep an event whose sender is proven and queue its handling; returns whether it was new.

    Events of another `source` than Stripe come in Stripe's shape, their types under a name of their
    own.

    One that means nothing to us, or tells what we know, is settled by being kept. An event that is
    there already is left as it is: providers deliver twice.
    """
    subject = (payload.get("data") or {}).get("object") or {}
    fresh = InboundEvent(
        source=source,
        external_id=payload["id"],
        type=payload["type"],
        account=payload.get("account") or "",
        object_id=subject.get("id") or "",
        payload=dict(payload),
        received_at=origin.at,
        next_attempt_at=origin.at + GRACE,
    )
    if not inbox.handlers_of(fresh.type):
        _settle(fresh, InboundEvent.Status.IGNORED, origin)
    elif inbox.is_known(fresh.type, dict(subject)):
        _settle(fresh, InboundEvent.Status.HANDLED, origin)
    if not insert_if_new(fresh):
        return False
    if fresh.status == InboundEvent.Status.RECEIVED:
        enqueue("processors.handle_inbound_event", queue="webhooks", event_id=str(fresh.pk))
    return True


def handle_inbound_event(*, event_id: UUID, origin: Origin) -> bool:
    """
    Run all handlers of a stored event; returns whether this call settled it.

    Their changes and the mark that it is handled commit together. An event that is dealt with, or
    in another worker's hands, is left alone; one that nobody listens to is marked ignored. An
    error, `inbox.NotYet` among them, undoes everything and the event is tried again with growing
    pauses; after `MAX_ATTEMPTS` it is marked failed, for staff to see.
    """
    try:
        with transaction.atomic():
            event = claim_received_event(event_id)
            if event is None:
                return False
            _run_handlers(event, origin)
    except Exception as error:
        if isinstance(error, inbox.NotYet):
            log.info("inbound_event_early", event_id=str(event_id), detail=str(error))
        else:
            log.exception("inbound_event_failed", event_id=str(event_id))
        _postpone(event_id=event_id, error=error, origin=origin)
        return False
    return True


@transaction.atomic
def replay_inbound_event(*, event_id: UUID, origin: Origin) -> InboundEvent:
    """
    Handle a stored event once more from the start; `origin` tells who asks and why.

    Handlers keep their own promise that the same fact twice changes nothing.

    :raises InvalidTransition: its handling is still pending.
    :raises ResourceUnavailable: its payload is dropped.
    """
    event = lock_inbound_event(event_id)
    if event.payload is None:
        raise ResourceUnavailable("What the provider sent is no longer kept.")
    INBOUND_EVENT.require(event.status, InboundEvent.Status.RECEIVED)
    before = event.status
    event.status = InboundEvent.Status.RECEIVED
    event.attempt_count = 0
    event.handled_at = None
    event.next_attempt_at = origin.at + GRACE
    event.save(update_fields=["status", "attempt_count", "handled_at", "next_attempt_at"])
    record(
        "inbound_event.replayed",
        subject=event,
        organization_id=None,
        origin=origin,
        changes={"status": (before, event.status)},
        payload={"external_id": event.external_id, "type": event.type},
    )
    enqueue("processors.handle_inbound_event", queue="webhooks", event_id=str(event.pk))
    return event


@transaction.atomic
def send_due_events(*, origin: Origin) -> int:
    """Send to the broker every unhandled event whose time has come; returns how many."""
    due = claim_due_events(origin.at, limit=SWEEP_LIMIT)
    InboundEvent.objects.filter(pk__in=[event.pk for event in due]).update(
        next_attempt_at=origin.at + SENT_FOR
    )
    for event in due:
        enqueue("processors.handle_inbound_event", queue="webhooks", event_id=str(event.pk))
    return len(due)


def _run_handlers(event: InboundEvent, origin: Origin) -> None:
    handlers = inbox.handlers_of(event.type)
    to = InboundEvent.Status.HANDLED if handlers else InboundEvent.Status.IGNORED
    # Only what was settled loses its payload.
    payload: Any = event.payload
    for handler in handlers:
        handler(payload["data"]["object"], event, origin)
    _settle(event, to, origin)
    event.attempt_count += 1
    save_fields(event, "status", "handled_at", "attempt_count", "next_attempt_at", "last_error")


def _settle(event: InboundEvent, to: str, origin: Origin) -> None:
    """Let an event be dealt with; the caller writes it."""
    INBOUND_EVENT.require(event.status, to)
    event.status = to
    event.handled_at = origin.at
    event.next_attempt_at = None
    event.last_error = ""


@transaction.atomic
def _postpone(*, event_id: UUID, error: Exception, origin: Origin) -> None:
    event = claim_received_event(event_id)
    if event is None:
        return
    event.attempt_count += 1
    event.last_error = f"{type(error).__name__}: {error}"
    pause = backoff(event.attempt_count, first=FIRST_PAUSE_SECONDS, limit=PAUSE_LIMIT_SECONDS)
    event.next_attempt_at = origin.at + pause
    if event.attempt_count >= MAX_ATTEMPTS:
        INBOUND_EVENT.require(event.status, InboundEvent.Status.FAILED)
        event.status = InboundEvent.Status.FAILED
        event.next_attempt_at = None
    elif pause < SWEEP_AFTER:
        # The sweeper need not come for it unless this message is lost.
        event.next_attempt_at += GRACE
        enqueue(
            "processors.handle_inbound_event",
            queue="webhooks",
            countdown=pause.total_seconds(),
            event_id=str(event.pk),
        )
    event.save(update_fields=["attempt_count", "last_error", "status", "next_attempt_at"])
