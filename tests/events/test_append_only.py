"""The record of events: what is written stays written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from apps.core.ids import new_id
from apps.core.models import PeriodicRun
from apps.core.origin import Actor, Door, Origin
from apps.events.models import Event
from apps.events.operations import record

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def event(db: None) -> Event:
    run = PeriodicRun.objects.create(name="thing", slot="1", started_at=NOW)
    origin = Origin(actor=Actor.SYSTEM, door=Door.TASK, at=NOW)
    return record("thing.done", subject=run, organization_id=None, origin=origin)


def refused() -> pytest.RaisesExc[DatabaseError]:
    return pytest.raises(DatabaseError, match="events_event is append-only")


class TestTheDatabase:
    def test_refuses_an_update(self, event: Event) -> None:
        with refused(), transaction.atomic():
            Event.objects.filter(pk=event.pk).update(reason="never")
        event.refresh_from_db()
        assert event.reason == ""

    def test_refuses_a_delete(self, event: Event) -> None:
        with refused(), transaction.atomic():
            event.delete()
        assert Event.objects.filter(pk=event.pk).exists()

    def test_refuses_a_truncate(self, event: Event) -> None:
        with refused(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE events_event CASCADE")
        assert Event.objects.filter(pk=event.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_the_migration_can_be_undone_and_done_again() -> None:
    try:
        call_command("migrate", "events", "0001", verbosity=0)
        key = new_id()
        with connection.cursor() as cursor:
            # Columns that came later are not there.
            cursor.execute(
                "INSERT INTO events_event (id, type, subject_type, subject_id, actor, actor_id,"
                " actor_label, door, reason, changes, payload, at)"
                " VALUES (%s, 'thing.done', 'run', '1', 'system', '', '', 'task', '', '{}', '{}',"
                " %s)",
                [key, NOW],
            )
            cursor.execute("UPDATE events_event SET reason = 'for now' WHERE id = %s", [key])
    finally:
        call_command("migrate", "events", verbosity=0)
    with refused(), transaction.atomic():
        Event.objects.filter(pk=key).update(reason="never")
