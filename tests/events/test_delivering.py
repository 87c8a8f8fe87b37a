"""Delivering events: the refusals, the pauses, giving up, and trying again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from apps.core.errors import InvalidTransition
from apps.core.ids import new_id
from apps.core.models import PeriodicRun
from apps.core.origin import Actor, Door, Origin
from apps.events import registry
from apps.events.models import Delivery, Event
from apps.events.operations import deliver, record, retry_delivery, send_due_deliveries
from apps.events.operations.delivering import MAX_ATTEMPTS, PAUSE_LIMIT_SECONDS
from apps.events.selectors import given_up_deliveries, open_delivery_ids

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MERCHANT = Origin(
    actor=Actor.MERCHANT, actor_id="m1", actor_label="Ada", door=Door.API, at=NOW, reason="asked"
)
TASK = Origin(actor=Actor.SYSTEM, door=Door.TASK, at=NOW)

pytestmark = pytest.mark.django_db


class Handler:
    """Remembers how it was called; fails as often as it is told to, after having written."""

    def __init__(self, *, failures: int = 0) -> None:
        self.failures = failures
        self.calls: list[tuple[Event, Origin]] = []

    def __call__(self, event: Event, origin: Origin) -> None:
        self.calls.append((event, origin))
        PeriodicRun.objects.create(name="written", slot=new_id().hex, started_at=origin.at)
        if len(self.calls) <= self.failures:
            raise RuntimeError("no luck")


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Handler:
    return subscribed(Handler(), monkeypatch)


def subscribed(handler: Handler, monkeypatch: pytest.MonkeyPatch) -> Handler:
    monkeypatch.setitem(registry._outbox, "thing.done", {"thing.watch": None})
    monkeypatch.setitem(registry._names, "thing.watch", handler)
    return handler


def happened(origin: Origin = MERCHANT) -> Delivery:
    subject = PeriodicRun.objects.create(name="thing", slot=new_id().hex, started_at=NOW)
    event = record("thing.done", subject=subject, organization_id=None, origin=origin)
    return Delivery.objects.get(event=event)


def written() -> int:
    return PeriodicRun.objects.filter(name="written").count()


class TestDeliver:
    def test_runs_the_handler_once_and_marks_it_done(self, handler: Handler) -> None:
        delivery = happened()
        assert deliver(delivery_id=delivery.pk, origin=TASK)
        assert not deliver(delivery_id=delivery.pk, origin=TASK)
        delivery.refresh_from_db()
        assert (delivery.done_at, delivery.attempt_count) == (NOW, 1)
        assert len(handler.calls) == written() == 1
        assert open_delivery_ids(delivery.event_id) == []

    def test_acts_for_whoever_caused_the_event(self, handler: Handler) -> None:
        deliver(delivery_id=happened().pk, origin=TASK)
        ((event, origin),) = handler.calls
        assert origin == replace(MERCHANT, door=Door.TASK)
        assert event.actor_label == "Ada"

    def test_acts_never_before_the_event_of_a_test_clock(self, handler: Handler) -> None:
        ahead = replace(MERCHANT, at=NOW + timedelta(days=400))
        deliver(delivery_id=happened(ahead).pk, origin=TASK)
        assert handler.calls[0][1].at == ahead.at

    def test_undoes_a_handler_that_fails_and_comes_back_later(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        handler = subscribed(Handler(failures=1), monkeypatch)
        delivery = happened()
        assert not deliver(delivery_id=delivery.pk, origin=TASK)
        assert written() == 0
        delivery.refresh_from_db()
        assert delivery.last_error == "RuntimeError: no luck"
        assert delivery.attempt_count == 1
        # By the machine's time: the origin may be that of a test clock.
        assert timedelta() < delivery.next_attempt_at - timezone.now() <= timedelta(seconds=2)

        assert deliver(delivery_id=delivery.pk, origin=TASK)
        delivery.refresh_from_db()
        assert (written(), delivery.last_error, len(handler.calls)) == (1, "", 2)

    def test_gives_up_in_the_end_for_staff_to_see(self, monkeypatch: pytest.MonkeyPatch) -> None:
        subscribed(Handler(failures=MAX_ATTEMPTS), monkeypatch)
        delivery = happened()
        for _ in range(MAX_ATTEMPTS):
            deliver(delivery_id=delivery.pk, origin=TASK)
        assert given_up_deliveries().get() == delivery
        delivery.refresh_from_db()
        assert delivery.given_up_at == NOW
        limit = timezone.now() + timedelta(seconds=PAUSE_LIMIT_SECONDS)
        assert delivery.next_attempt_at <= limit
        assert not deliver(delivery_id=delivery.pk, origin=TASK), "it is given up"

    def test_keeps_a_delivery_whose_handler_is_gone(
        self, handler: Handler, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        delivery = happened()
        monkeypatch.delitem(registry._names, "thing.watch")
        assert not deliver(delivery_id=delivery.pk, origin=TASK)
        delivery.refresh_from_db()
        assert delivery.last_error == "LookupError: No handler is called thing.watch."
        assert delivery.done_at is None


class TestSendDueDeliveries:
    def test_leaves_alone_what_the_broker_has_just_been_told(self, handler: Handler) -> None:
        delivery = happened()
        told = delivery.next_attempt_at
        assert send_due_deliveries(origin=replace(TASK, at=told - timedelta(seconds=1))) == 0
        assert send_due_deliveries(origin=replace(TASK, at=told)) == 1
        assert send_due_deliveries(origin=replace(TASK, at=told + timedelta(minutes=1))) == 0
        assert send_due_deliveries(origin=replace(TASK, at=told + timedelta(minutes=6))) == 1

    def test_takes_the_same_queries_for_any_number(
        self, handler: Handler, django_assert_num_queries: object
    ) -> None:
        for _ in range(7):
            happened()
        later = replace(TASK, at=datetime(2126, 1, 1, tzinfo=UTC))
        with django_assert_num_queries(4):  # type: ignore[operator]
            assert send_due_deliveries(origin=later) == 7


class TestRetryDelivery:
    def test_takes_up_what_was_given_up_and_records_who_asked(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        subscribed(Handler(failures=1), monkeypatch)
        delivery = happened()
        Delivery.objects.update(attempt_count=MAX_ATTEMPTS - 1)
        deliver(delivery_id=delivery.pk, origin=TASK)
        staff = Origin(
            actor=Actor.STAFF, actor_id="7", door=Door.BACKOFFICE, at=NOW, reason="mended"
        )
        retry_delivery(delivery_id=delivery.pk, origin=staff)
        assert deliver(delivery_id=delivery.pk, origin=TASK)
        event = Event.objects.get(type="delivery.retried")
        assert (event.actor_id, event.reason) == ("7", "mended")

    def test_refuses_what_is_done_and_leaves_no_trace(self, handler: Handler) -> None:
        delivery = happened()
        deliver(delivery_id=delivery.pk, origin=TASK)
        with pytest.raises(InvalidTransition):
            retry_delivery(delivery_id=delivery.pk, origin=TASK)
        assert not Event.objects.filter(type="delivery.retried").exists()


class TestInlineHandlers:
    def test_undo_the_change_when_they_fail(self, monkeypatch: pytest.MonkeyPatch) -> None:
        handler = Handler(failures=1)
        monkeypatch.setitem(registry._inline, "thing.done", [handler])
        with pytest.raises(RuntimeError):
            happened_atomically()
        assert not Event.objects.exists()
        assert written() == 0


def happened_atomically() -> None:
    with transaction.atomic():
        subject = PeriodicRun.objects.create(name="thing", slot="1", started_at=NOW)
        record("thing.done", subject=subject, organization_id=None, origin=MERCHANT)
