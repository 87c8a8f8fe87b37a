"""Periodic jobs: due by slots in the database, run once a slot, their outcome kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from apps.core import operations
from apps.core.errors import ResourceNotFound
from apps.core.models import PeriodicRun
from apps.core.origin import Actor, Door, Origin
from apps.core.periodic import run_periodic
from apps.core.selectors import due_slots, periodic_states
from apps.events.models import Event
from apps.events.operations import run_periodic_now
from config.schedule import SCHEDULE, PeriodicJob
from tests.support import probes
from tests.support.brokers import own_valkey

NOON = datetime(2026, 3, 1, 12, 0, 20, tzinfo=UTC)
SLOT = "2026-03-01T12:00:00Z"
PROBE = PeriodicJob(name="probe", task="core.prune_runs", every=60, description="Nothing.")
BROKEN = PeriodicJob(name="broken", task="probe.fail", every=3600, description="Fails.")


def origin_at(at: datetime) -> Origin:
    return Origin(actor=Actor.STAFF, actor_id="7", door=Door.BACKOFFICE, at=at, reason="to see")


@pytest.fixture(autouse=True)
def schedule(settings: object) -> None:
    settings.SCHEDULE = (PROBE, BROKEN)  # type: ignore[attr-defined]
    assert probes.app is not None


class TestTheSchedule:
    def test_names_each_job_once_and_only_tasks_that_exist(self) -> None:
        names = [entry.name for entry in SCHEDULE]
        assert len(set(names)) == len(names)
        assert {entry.task for entry in SCHEDULE} <= set(probes.app.tasks)

    def test_is_ticked_more_often_than_its_shortest_job_is_due(self) -> None:
        (tick,) = probes.app.conf.beat_schedule.values()
        assert tick["task"] in probes.app.tasks
        assert tick["schedule"] * 2 < min(entry.every for entry in SCHEDULE)


@pytest.mark.django_db
class TestDueSlots:
    def test_are_those_without_a_run(self) -> None:
        assert due_slots(NOON) == [("probe", SLOT), ("broken", SLOT)]
        run_periodic(name="probe", slot=SLOT)
        assert due_slots(NOON) == [("broken", SLOT)]
        assert ("probe", "2026-03-01T12:01:00Z") in due_slots(NOON + timedelta(minutes=1))


@pytest.mark.django_db
class TestRunPeriodic:
    def test_runs_once_a_slot_however_often_it_is_sent(self) -> None:
        assert run_periodic(name="probe", slot=SLOT)
        assert not run_periodic(name="probe", slot=SLOT)
        run = PeriodicRun.objects.get()
        assert run.outcome == PeriodicRun.Outcome.SUCCEEDED
        assert run.finished_at is not None and run.finished_at >= run.started_at

    def test_keeps_the_error_of_a_job_that_fails(self) -> None:
        assert run_periodic(name="broken", slot=SLOT)
        run = PeriodicRun.objects.get()
        assert run.outcome == PeriodicRun.Outcome.FAILED
        assert run.error == "ValueError: It does not work."

    def test_refuses_a_job_that_is_not_in_the_schedule(self) -> None:
        with pytest.raises(ResourceNotFound):
            run_periodic(name="nothing", slot=SLOT)
        assert not PeriodicRun.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestASecondBeat:
    def test_does_no_harm(self) -> None:
        barrier, ran = Barrier(4), []

        def beat() -> None:
            try:
                barrier.wait()
                ran.append(run_periodic(name="probe", slot=SLOT))
            finally:
                connection.close()

        threads = [Thread(target=beat) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(ran) == [False, False, False, True]
        assert PeriodicRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestStartDueJobs:
    def test_sends_each_to_the_queue_of_its_task(self) -> None:
        with own_valkey() as valkey:
            assert operations.start_due_jobs(origin=origin_at(NOON)) == 2
            assert (valkey.waiting("low"), valkey.waiting("medium")) == (2, 0)
            run_periodic(name="probe", slot=SLOT)
            run_periodic(name="broken", slot=SLOT)
            assert operations.start_due_jobs(origin=origin_at(NOON)) == 0


@pytest.mark.django_db
class TestRunPeriodicNow:
    def test_queues_an_extra_run_and_records_who_asked(self) -> None:
        run = run_periodic_now(name="probe", origin=origin_at(NOON))
        assert run.outcome == PeriodicRun.Outcome.QUEUED
        event = Event.objects.get(type="periodic_job.requested")
        assert (event.actor_id, event.reason, event.payload["name"]) == ("7", "to see", "probe")

        assert run_periodic(name="probe", slot=run.slot)
        assert not run_periodic(name="probe", slot=run.slot)
        run.refresh_from_db()
        assert run.outcome == PeriodicRun.Outcome.SUCCEEDED
        assert ("probe", SLOT) in due_slots(NOON), "the schedule goes on beside it"

    def test_refuses_a_job_that_is_not_in_the_schedule(self) -> None:
        with pytest.raises(ResourceNotFound):
            run_periodic_now(name="nothing", origin=origin_at(NOON))
        assert not Event.objects.exists()


@pytest.mark.django_db
class TestPeriodicStates:
    def test_show_last_run_duration_and_next_run(self) -> None:
        PeriodicRun.objects.create(
            name="probe",
            slot=SLOT,
            outcome=PeriodicRun.Outcome.SUCCEEDED,
            started_at=NOON,
            finished_at=NOON + timedelta(seconds=3),
        )
        probe, broken = periodic_states(NOON)
        assert probe.last_run is not None and probe.duration == timedelta(seconds=3)
        assert probe.next_run_at == datetime(2026, 3, 1, 12, 1, tzinfo=UTC)
        assert (broken.last_run, broken.duration) == (None, None)
        assert broken.next_run_at <= NOON, "it is due"

    def test_take_two_queries(self, django_assert_num_queries: object) -> None:
        with django_assert_num_queries(2):  # type: ignore[operator]
            periodic_states(NOON)


@pytest.mark.django_db
class TestHousekeeping:
    def test_a_run_whose_worker_was_lost_is_closed(self) -> None:
        lost = PeriodicRun.objects.create(name="probe", slot="1", started_at=NOON)
        alive = PeriodicRun.objects.create(
            name="probe", slot="2", started_at=NOON + timedelta(minutes=50)
        )
        operations.start_due_jobs(origin=origin_at(NOON + timedelta(hours=1)))
        lost.refresh_from_db()
        alive.refresh_from_db()
        assert (lost.outcome, lost.error) == (PeriodicRun.Outcome.FAILED, "The worker was lost.")
        assert alive.outcome == PeriodicRun.Outcome.RUNNING

    def test_old_runs_are_deleted_but_the_latest_of_each_job(self) -> None:
        for days in (40, 30, 1):
            at = NOON - timedelta(days=days)
            PeriodicRun.objects.create(name="probe", slot=str(days), started_at=at)
        at = NOON - timedelta(days=40)
        PeriodicRun.objects.create(name="broken", slot="40", started_at=at)
        assert operations.prune_runs(origin=origin_at(NOON)) == 2
        left = PeriodicRun.objects.order_by("name", "slot").values_list("name", "slot")
        assert list(left) == [("broken", "40"), ("probe", "1")]
