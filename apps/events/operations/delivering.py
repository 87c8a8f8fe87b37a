"""Delivering events to their outbox handlers: each exactly once, whatever the broker does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models.functions import Now

from apps.core.correlation import correlated
from apps.core.errors import InvalidTransition
from apps.core.jobs import backoff, enqueue
from apps.core.origin import Actor, Origin
from apps.core.rows import save_fields
from apps.events import registry
from apps.events.locks import claim_due_deliveries, claim_open_delivery, lock_delivery
from apps.events.models import Delivery, Event
from apps.events.operations.recording import GRACE, record

log = structlog.get_logger(__name__)

# With doubling pauses of at most an hour: about a day.
MAX_ATTEMPTS = 40
PAUSE_LIMIT_SECONDS = 3600
SWEEP_LIMIT = 500
# How long the sweeper leaves alone what it has just sent.
SENT_FOR = timedelta(minutes=5)


def deliver(*, delivery_id: UUID, origin: Origin) -> bool:
    """
    Run one handler for one event; returns whether this call did it.

    The handler's changes and the mark that it is done commit together, so a delivery that is done,
    or in another worker's hands, is left alone. An error undoes the handler's changes and is kept;
    the sweeper tries again later, and after `MAX_ATTEMPTS` the delivery is given up, for staff to
    see.
    """
    try:
        with transaction.atomic():
            delivery = claim_open_delivery(delivery_id)
            if delivery is None:
                return False
            handler = registry.outbox_handler(delivery.handler)
            if handler is None:
                raise LookupError(f"No handler is called {delivery.handler}.")
            with correlated(delivery.event.correlation_id):
                handler(delivery.event, _handler_origin(delivery.event, origin))
            delivery.done_at, delivery.last_error = origin.at, ""
            delivery.attempt_count += 1
            save_fields(delivery, "done_at", "last_error", "attempt_count")
    except Exception as error:
        log.exception("delivery_failed", delivery_id=str(delivery_id))
        _postpone(delivery_id=delivery_id, error=error, origin=origin)
        return False
    return True


@transaction.atomic
def send_due_deliveries(*, origin: Origin) -> int:
    """
    Send to the broker every open delivery whose time has come; returns how many.

    That is what the broker lost and what waits for another attempt.
    """
    due = claim_due_deliveries(origin.at, limit=SWEEP_LIMIT)
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in due]).update(
        next_attempt_at=origin.at + SENT_FOR
    )
    for event_id in dict.fromkeys(delivery.event_id for delivery in due):
        enqueue("events.deliver_event", queue="high", event_id=str(event_id))
    return len(due)


@transaction.atomic
def retry_delivery(*, delivery_id: UUID, origin: Origin) -> Delivery:
    """
    Try a delivery again at once that was given up or waits; `origin` tells who asks and why.

    :raises InvalidTransition: it is done.
    """
    delivery = lock_delivery(delivery_id)
    if delivery.done_at is not None:
        raise InvalidTransition("This handler has already run for the event.")
    delivery.given_up_at = None
    delivery.attempt_count = 0
    delivery.next_attempt_at = Now() + GRACE
    delivery.save(update_fields=["given_up_at", "attempt_count", "next_attempt_at"])
    record(
        "delivery.retried",
        subject=delivery,
        organization_id=delivery.event.organization_id,
        origin=origin,
        payload={"event_id": str(delivery.event_id), "handler": delivery.handler},
    )
    enqueue("events.deliver_event", queue="high", event_id=str(delivery.event_id))
    return delivery


@transaction.atomic
def _postpone(*, delivery_id: UUID, error: Exception, origin: Origin) -> None:
    delivery = claim_open_delivery(delivery_id)
    if delivery is None:
        return
    delivery.attempt_count += 1
    delivery.last_error = f"{type(error).__name__}: {error}"
    # By the machine's time, whatever a test clock shows.
    delivery.next_attempt_at = Now() + backoff(delivery.attempt_count, limit=PAUSE_LIMIT_SECONDS)
    if delivery.attempt_count >= MAX_ATTEMPTS:
        delivery.given_up_at = origin.at
    delivery.save(update_fields=["attempt_count", "last_error", "next_attempt_at", "given_up_at"])


def _handler_origin(event: Event, origin: Origin) -> Origin:
    """
    Who caused the event, acting through the outbox.

    A test clock may run ahead of the machine's, but nothing happens before its cause.
    """
    return replace(
        origin,
        actor=Actor(event.actor),
        actor_id=event.actor_id,
        actor_label=event.actor_label,
        reason=event.reason,
        at=max(origin.at, event.at),
    )
