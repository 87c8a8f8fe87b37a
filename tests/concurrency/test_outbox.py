"""The outbox against a broker that dies: with a real worker, a real Valkey, real transactions."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from apps.core.clock import system_time
from apps.core.ids import new_id
from apps.core.models import PeriodicRun
from apps.core.origin import Door, Origin, system_origin
from apps.events.models import Delivery, Event
from apps.events.operations import deliver, record, send_due_deliveries
from apps.processors.models import InboundEvent
from apps.processors.operations import (
    handle_inbound_event,
    send_due_events,
    store_inbound_event,
)
from tests.support import probes
from tests.support.brokers import OwnValkey, own_valkey
from tests.support.workers import eventually, worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def valkey() -> OwnValkey:
    with own_valkey() as server:
        yield server


@transaction.atomic
def make_sale(origin: Origin) -> Event:
    run = PeriodicRun.objects.create(name="sale", slot=new_id().hex, started_at=origin.at)
    return record(probes.SALE, subject=run, organization_id=None, origin=origin)


def later(seconds: float) -> Origin:
    origin = system_origin(Door.TASK)
    return Origin(actor=origin.actor, door=origin.door, at=origin.at + timedelta(seconds=seconds))


def in_threads(count: int, work: object) -> list[object]:
    """Run `work` in `count` threads at the same moment; what each returned."""
    barrier, results = Barrier(count), []

    def run() -> None:
        try:
            barrier.wait()
            results.append(work())  # type: ignore[operator]
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class TestABrokerThatIsGone:
    def test_loses_no_handler_of_a_sale(self, valkey: OwnValkey, tmp_path: Path) -> None:
        valkey.stop()
        began = time.monotonic()
        event = make_sale(system_origin(Door.API))
        assert time.monotonic() - began < 5, "a sale must not wait for a dead broker"
        assert probes.traces(event) == []

        valkey.start()
        with worker(valkey.url, log=tmp_path / "worker.log"):
            time.sleep(1)
            assert probes.traces(event) == [], "the message was lost with the broker"
            assert send_due_deliveries(origin=later(31)) == 3
            eventually(lambda: len(probes.traces(event)) >= 3)
            send_due_deliveries(origin=later(3600))
            time.sleep(1)

        assert probes.traces(event) == sorted(probes.HANDLERS)
        assert not Delivery.objects.filter(event=event, done_at=None).exists()

    def test_is_found_again_by_the_next_sale(self, valkey: OwnValkey, tmp_path: Path) -> None:
        first = make_sale(system_origin(Door.API))
        with worker(valkey.url, log=tmp_path / "worker.log"):
            eventually(lambda: len(probes.traces(first)) == 3)
            valkey.stop()
            make_sale(system_origin(Door.API))
            valkey.start()
            third = make_sale(system_origin(Door.API))
            eventually(lambda: len(probes.traces(third)) == 3, seconds=60)


class TestDeliver:
    def test_runs_a_handler_once_in_a_race(self) -> None:
        event = make_sale(system_origin(Door.API))
        delivery = Delivery.objects.get(event=event, handler="probe.books")
        won = in_threads(
            6, lambda: deliver(delivery_id=delivery.pk, origin=system_origin(Door.TASK))
        )
        assert sorted(won) == [False] * 5 + [True]
        assert probes.traces(event) == ["probe.books"]

    def test_a_read_without_the_lock_would_run_it_more_than_once(self) -> None:
        """The race itself: two workers that read before either has written."""
        event = make_sale(system_origin(Door.API))
        delivery = Delivery.objects.get(event=event, handler="probe.books")
        both_have_read = Barrier(2)

        def unlocked() -> None:
            with transaction.atomic():
                mine = Delivery.objects.select_related("event").get(pk=delivery.pk, done_at=None)
                both_have_read.wait()
                probes._trace(mine.event, system_origin(Door.TASK), mine.handler)
                Delivery.objects.filter(pk=mine.pk).update(done_at=system_time())

        in_threads(2, unlocked)
        assert probes.traces(event) == ["probe.books", "probe.books"]

    def test_two_sweepers_send_each_delivery_once(self, valkey: OwnValkey) -> None:
        valkey.stop()
        for _ in range(5):
            make_sale(system_origin(Door.API))
        valkey.start()
        sent = in_threads(4, lambda: send_due_deliveries(origin=later(31)))
        assert sum(sent) == 15  # type: ignore[arg-type]


def charge(**facts: object) -> dict[str, object]:
    external_id = f"evt_{new_id().hex}"
    subject = {"id": "ch_1", "object": "charge", **facts}
    return {"id": external_id, "type": "probe.charge", "data": {"object": subject}}


def charged(event: InboundEvent) -> int:
    return Event.objects.filter(type="probe.charged", subject_id=str(event.pk)).count()


class TestProviderEvents:
    def test_a_duplicate_in_a_race_is_stored_once(self, valkey: OwnValkey) -> None:
        payload = charge()
        new = in_threads(
            6, lambda: store_inbound_event(payload=payload, origin=system_origin(Door.WEBHOOK))
        )
        assert sorted(new) == [False] * 5 + [True]
        assert InboundEvent.objects.filter(external_id=payload["id"]).count() == 1

    def test_two_workers_handle_one_event_once(self, valkey: OwnValkey) -> None:
        store_inbound_event(payload=charge(takes=0.3), origin=system_origin(Door.WEBHOOK))
        event = InboundEvent.objects.get()
        settled = in_threads(
            4, lambda: handle_inbound_event(event_id=event.pk, origin=system_origin(Door.TASK))
        )
        assert sorted(settled) == [False] * 3 + [True]
        assert charged(event) == 1

    def test_an_early_event_waits_for_our_commit(self, valkey: OwnValkey, tmp_path: Path) -> None:
        with worker(valkey.url, log=tmp_path / "worker.log"):
            origin = system_origin(Door.WEBHOOK)
            store_inbound_event(payload=charge(needs="order"), origin=origin)
            event = InboundEvent.objects.get()
            eventually(lambda: InboundEvent.objects.get().attempt_count >= 1)
            event.refresh_from_db()
            assert event.status == InboundEvent.Status.RECEIVED
            assert event.last_error == "NotYet: order is not there"
            assert charged(event) == 0

            PeriodicRun.objects.create(name="order", slot="1", started_at=origin.at)
            eventually(lambda: InboundEvent.objects.get().status == InboundEvent.Status.HANDLED)
        assert charged(event) == 1

    def test_the_sweeper_takes_up_what_the_broker_lost(
        self, valkey: OwnValkey, tmp_path: Path
    ) -> None:
        valkey.stop()
        store_inbound_event(payload=charge(), origin=system_origin(Door.WEBHOOK))
        valkey.start()
        with worker(valkey.url, log=tmp_path / "worker.log"):
            assert send_due_events(origin=system_origin(Door.TASK)) == 0
            assert send_due_events(origin=later(31)) == 1
            eventually(lambda: InboundEvent.objects.get().status == InboundEvent.Status.HANDLED)
        assert charged(InboundEvent.objects.get()) == 1
