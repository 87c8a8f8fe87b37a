"""Recording what happened, in the transaction that makes it true."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.functions import Now

from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events import registry
from apps.events.models import Delivery, Event

# How long the broker has before the sweeper takes a delivery up.
GRACE = timedelta(seconds=30)


def record(
    event_type: str,
    *,
    subject: models.Model,
    organization_id: UUID | None,
    origin: Origin,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    payload: Mapping[str, Any] | None = None,
) -> Event:
    """
    Write one event in the caller's transaction and owe it to its handlers.

    `changes` maps a field to (before, after), JSON-ready; so is `payload`. Inline handlers run
    before this returns; outbox handlers after the commit, each exactly once.
    """
    event = Event.objects.create(
        organization_id=organization_id,
        type=event_type,
        subject_type=subject._meta.model_name or "",
        subject_id=str(subject.pk),
        actor=origin.actor,
        actor_id=origin.actor_id,
        actor_label=origin.actor_label,
        door=origin.door,
        reason=origin.reason,
        changes={name: list(pair) for name, pair in (changes or {}).items()},
        payload=dict(payload or {}),
        at=origin.at,
    )
    names = registry.outbox_handlers(event_type)
    if names:
        Delivery.objects.bulk_create(
            Delivery(event=event, handler=name, next_attempt_at=Now() + GRACE) for name in names
        )
        enqueue("events.deliver_event", queue="high", event_id=str(event.pk))
    for handler in registry.inline_handlers(event_type):
        handler(event, origin)
    return event
