"""Recording what happened, in the transaction that makes it true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final, cast
from uuid import UUID

from django.db import connection, models, transaction

from apps.core.correlation import current_correlation_id
from apps.core.ids import new_id
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.core.postgres.base import DatabaseWrapper
from apps.core.rows import insert_row
from apps.events import registry
from apps.events.metrics import EVENTS
from apps.events.models import Delivery, Event

# How long the broker has before the sweeper takes a delivery up.
GRACE = timedelta(seconds=30)
# Stands for a personal value: an event cannot be changed when its subject is to be forgotten.
WITHHELD: Final = "•••"


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

    `changes` maps a field to (before, after), JSON-ready; so is `payload`. What the subject's model
    calls personal is withheld from both. Inline handlers run before this returns; outbox handlers
    after the commit, each exactly once.
    """
    personal: frozenset[str] = getattr(subject, "PERSONAL", frozenset())
    event = Event(
        organization_id=organization_id,
        type=event_type,
        subject_type=subject._meta.model_name or "",
        subject_id=str(subject.pk),
        actor=origin.actor,
        actor_id=origin.actor_id,
        actor_label=origin.actor_label,
        door=origin.door,
        reason=origin.reason,
        changes={
            name: [_kept(name, value, personal) for value in pair]
            for name, pair in (changes or {}).items()
        },
        payload={name: _kept(name, value, personal) for name, value in (payload or {}).items()},
        at=origin.at,
        correlation_id=current_correlation_id(),
    )
    insert_row(event)
    transaction.on_commit(partial(EVENTS.inc, event_type))
    event.subject_row = subject
    names = registry.outbox_handlers(event)
    if names:
        _owe(event, names)
        enqueue("events.deliver_event", queue="high", event_id=str(event.pk))
    for handler in registry.inline_handlers(event_type):
        handler(event, origin)
    return event


def _owe(event: Event, handlers: Sequence[str]) -> None:
    """One delivery for each handler, due when the broker has had its time."""
    table = Delivery._meta.db_table
    with cast(DatabaseWrapper, connection).prepared_cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" '  # noqa: S608 -- a name of our own
            "(id, event_id, handler, attempt_count, last_error, next_attempt_at) "
            "SELECT id, %s, handler, 0, '', statement_timestamp() + %s "
            "FROM unnest(%s::uuid[], %s::text[]) AS owed (id, handler)",
            [event.pk, GRACE, [new_id() for _ in handlers], list(handlers)],
        )


def _kept(name: str, value: Any, personal: frozenset[str]) -> Any:
    """The value, or whether there was one."""
    return WITHHELD if name in personal and value else value
