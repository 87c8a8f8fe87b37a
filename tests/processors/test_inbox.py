"""Handling provider events: all handlers or none, ignored, postponed, failed, replayed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.core.errors import InvalidTransition, ResourceNotFound, ResourceUnavailable
from apps.core.ids import new_id
from apps.core.models import PeriodicRun
from apps.core.origin import Actor, Door, Origin
from apps.events.models import Event
from apps.processors import inbox
from apps.processors.models import InboundEvent
from apps.processors.operations import (
    drop_old_payloads,
    handle_inbound_event,
    replay_inbound_event,
    send_due_events,
    store_inbound_event,
)
from apps.processors.operations.inbound import MAX_ATTEMPTS

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = Origin(actor=Actor.PROVIDER, door=Door.WEBHOOK, at=NOW)
STAFF = Origin(actor=Actor.STAFF, actor_id="7", door=Door.BACKOFFICE, at=NOW, reason="mended")
Status = InboundEvent.Status

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_our_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "_handlers", {})


def receive(event_type: str = "thing.done") -> InboundEvent:
    external_id = f"evt_{new_id().hex}"
    payload = {"id": external_id, "type": event_type, "data": {"object": {"id": "th_1"}}}
    if inbox.handlers_of(event_type):
        assert store_inbound_event(payload=payload, origin=ORIGIN)
    else:
        # Somebody listened when it came, and does not any more.
        inbox.on(event_type, writer("gone"))
        assert store_inbound_event(payload=payload, origin=ORIGIN)
        inbox._handlers.clear()
    return InboundEvent.objects.get(external_id=external_id)


def writer(name: str) -> inbox.Handler:
    def write(payload: dict[str, Any], event: InboundEvent, origin: Origin) -> None:
        PeriodicRun.objects.create(name=name, slot=new_id().hex, started_at=origin.at)

    return write


def fail_with(error: Exception) -> inbox.Handler:
    def fail(payload: dict[str, Any], event: InboundEvent, origin: Origin) -> None:
        raise error

    return fail


def written() -> list[str]:
    return sorted(PeriodicRun.objects.values_list("name", flat=True))


class TestStoreInboundEvent:
    def store(self) -> InboundEvent:
        payload = {"id": "evt_1", "type": "thing.done", "data": {"object": {"id": "th_1"}}}
        assert store_inbound_event(payload=payload, origin=ORIGIN)
        assert not store_inbound_event(payload=payload, origin=ORIGIN)
        return InboundEvent.objects.get()

    def test_ignores_at_once_what_means_nothing_to_us(self) -> None:
        event = self.store()
        assert (event.status, event.handled_at) == (Status.IGNORED, NOW)
        assert event.next_attempt_at is None

    def test_settles_at_once_what_every_handler_knows(self) -> None:
        inbox.on("thing.done", writer("first"), known=lambda payload: payload["id"] == "th_1")
        event = self.store()
        assert (event.status, written()) == (Status.HANDLED, [])
        inbox.on("thing.done", writer("second"))
        event.delete()
        assert self.store().status == Status.RECEIVED


class TestHandleInboundEvent:
    def test_calls_every_handler_once_with_the_object(self) -> None:
        calls: list[Any] = []
        inbox.on("thing.done", lambda *call: calls.append(call))
        inbox.on("thing.done", writer("second"))
        event = receive()
        assert handle_inbound_event(event_id=event.pk, origin=ORIGIN)
        assert not handle_inbound_event(event_id=event.pk, origin=ORIGIN)
        assert calls == [({"id": "th_1"}, event, ORIGIN)]
        assert written() == ["second"]
        event.refresh_from_db()
        assert (event.status, event.handled_at) == (Status.HANDLED, NOW)

    def test_marks_what_means_nothing_to_us_ignored(self) -> None:
        event = receive("planet.aligned")
        assert handle_inbound_event(event_id=event.pk, origin=ORIGIN)
        event.refresh_from_db()
        assert event.status == Status.IGNORED

    def test_undoes_all_handlers_when_one_fails(self) -> None:
        inbox.on("thing.done", writer("first"))
        inbox.on("thing.done", fail_with(RuntimeError("no luck")))
        event = receive()
        assert not handle_inbound_event(event_id=event.pk, origin=ORIGIN)
        assert written() == []
        event.refresh_from_db()
        assert (event.status, event.attempt_count) == (Status.RECEIVED, 1)
        assert event.last_error == "RuntimeError: no luck"
        assert event.next_attempt_at is not None and event.next_attempt_at > NOW

    def test_comes_back_for_an_event_that_overtook_our_commit(self) -> None:
        inbox.on("thing.done", fail_with(inbox.NotYet("no order")))
        event = receive()
        pauses = []
        for _ in range(12):
            assert not handle_inbound_event(event_id=event.pk, origin=ORIGIN)
            event.refresh_from_db()
            assert event.next_attempt_at is not None
            pauses.append(event.next_attempt_at - NOW)
        assert event.last_error == "NotYet: no order"
        assert pauses[0] < timedelta(minutes=1)
        assert pauses[-1] > timedelta(minutes=10), "it waits longer each time"

    def test_gives_up_in_the_end_for_staff_to_see(self) -> None:
        inbox.on("thing.done", fail_with(RuntimeError("no luck")))
        event = receive()
        for _ in range(MAX_ATTEMPTS):
            handle_inbound_event(event_id=event.pk, origin=ORIGIN)
        event.refresh_from_db()
        assert (event.status, event.next_attempt_at) == (Status.FAILED, None)
        assert not handle_inbound_event(event_id=event.pk, origin=ORIGIN)


class TestReplayInboundEvent:
    @pytest.mark.parametrize("status", [Status.HANDLED, Status.IGNORED, Status.FAILED])
    def test_handles_it_again_and_records_who_asked(self, status: str) -> None:
        event = receive()
        InboundEvent.objects.update(status=status, attempt_count=9, handled_at=NOW)
        inbox.on("thing.done", writer("handled"))
        replay_inbound_event(event_id=event.pk, origin=STAFF)
        assert handle_inbound_event(event_id=event.pk, origin=ORIGIN)
        assert written() == ["handled"]
        event.refresh_from_db()
        assert (event.status, event.attempt_count) == (Status.HANDLED, 1)
        record = Event.objects.get(type="inbound_event.replayed")
        assert (record.actor_id, record.reason) == ("7", "mended")
        assert record.changes == {"status": [status, "received"]}
        assert record.subject_id == str(event.pk)

    def test_refuses_one_that_is_still_pending(self) -> None:
        event = receive()
        with pytest.raises(InvalidTransition):
            replay_inbound_event(event_id=event.pk, origin=STAFF)
        assert not Event.objects.exists()

    def test_knows_no_event_of_another_id(self) -> None:
        with pytest.raises(ResourceNotFound):
            replay_inbound_event(event_id=new_id(), origin=STAFF)


class TestSendDueEvents:
    def test_takes_up_what_nobody_handled_and_nothing_else(self) -> None:
        receive()
        done = receive("planet.aligned")
        handle_inbound_event(event_id=done.pk, origin=ORIGIN)
        assert send_due_events(origin=ORIGIN) == 0, "the broker has just been told"
        later = replace(ORIGIN, at=NOW + timedelta(seconds=30))
        assert send_due_events(origin=later) == 1
        assert send_due_events(origin=later) == 0


class TestOn:
    def test_registers_a_handler_once(self) -> None:
        handler = writer("x")
        inbox.on("thing.done", handler)
        inbox.on("thing.done", handler)
        assert inbox.handlers_of("thing.done") == [handler]
        assert inbox.handled_types() == ["thing.done"]
        assert inbox.handlers_of("thing.undone") == []


class TestDropOldPayloads:
    def test_drops_what_was_handled_long_ago(self) -> None:
        inbox.on("thing.done", writer("first"))
        handled, ignored, failed = receive(), receive("planet.aligned"), receive()
        for event in (handled, ignored):
            assert handle_inbound_event(event_id=event.pk, origin=ORIGIN)
        InboundEvent.objects.filter(pk=failed.pk).update(status=Status.FAILED, handled_at=NOW)
        almost = replace(ORIGIN, at=NOW + timedelta(days=30))
        later = replace(ORIGIN, at=NOW + timedelta(days=30, seconds=1))

        assert drop_old_payloads(origin=almost) == 0
        assert drop_old_payloads(origin=later) == 2
        assert drop_old_payloads(origin=later) == 0

        kept = InboundEvent.objects.exclude(payload=None)
        assert list(kept) == [failed]
        with pytest.raises(ResourceUnavailable):
            replay_inbound_event(event_id=handled.pk, origin=STAFF)
