"""Moving a test clock: order, lanes, failures, resumption, the sandbox's own clock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from apps.core import timers as registry
from apps.core.clock import system_time
from apps.core.jobs import enqueue
from apps.core.origin import Door, Origin, system_origin
from apps.core.timers import Due, Timer, register_timer
from apps.events.models import Event
from apps.organizations.models import Organization
from apps.organizations.operations import create_organization
from apps.processors.gateway.sandbox import SandboxClock
from apps.sandbox.errors import ClockIsMoving, ClockSpanInvalid, SandboxOnly
from apps.sandbox.models import ClockRun
from apps.sandbox.operations import resume_clock_runs, run_clock, start_clock_run
from tests.support.stripesim import StripeSim, stripesim

__all__ = ["stripesim"]

pytestmark = pytest.mark.django_db(transaction=True)

ADA, BEN = UUID(int=1), UUID(int=2)


class Alarms:
    """A timer of the test: moments that each go off once."""

    def __init__(self) -> None:
        self.waiting: dict[UUID, Due] = {}
        self.heard: list[tuple[UUID, datetime]] = []
        self.threads: set[str] = set()
        self.broken: set[UUID] = set()
        self.again: dict[UUID, timedelta] = {}

    def set(self, number: int, at: datetime, lane: UUID = ADA) -> UUID:
        subject = UUID(int=number)
        self.waiting[subject] = Due(at, subject, lane)
        return subject

    def due(self, organization_id: UUID, until: datetime) -> list[Due]:
        return sorted(due for due in self.waiting.values() if due.at <= until)

    def ring(self, subject: UUID, origin: Origin) -> None:
        if subject in self.broken:
            raise RuntimeError("The bell is broken.")
        self.threads.add(threading.current_thread().name)
        self.heard.append((subject, origin.at))
        due = self.waiting.pop(subject)
        if subject in self.again:
            self.set(subject.int, due.at + self.again[subject], due.lane)


@pytest.fixture
def alarms() -> Iterator[Alarms]:
    before = dict(registry._timers)
    registry._timers.clear()
    alarms = Alarms()
    register_timer(Timer(name="alarms", due=alarms.due, run=alarms.ring))
    yield alarms
    registry._timers.clear()
    registry._timers.update(before)


@pytest.fixture
def shop() -> Organization:
    return create_organization(name="Acme", slug="acme-clock", origin=system_origin(Door.COMMAND))


def move(shop: Organization, days: float) -> ClockRun:
    shop.refresh_from_db()
    origin = system_origin(Door.COMMAND, clock_offset=shop.clock_offset)
    run = start_clock_run(
        organization_id=shop.pk, span=timedelta(days=days), in_background=False, origin=origin
    )
    return run_clock(run_id=run.pk, is_new=True, origin=origin)


class TestRunClock:
    def test_does_what_is_due_at_its_moment_and_in_order(
        self, shop: Organization, alarms: Alarms
    ) -> None:
        now = system_time()
        late = alarms.set(1, now + timedelta(days=40, hours=5))
        soon = alarms.set(2, now + timedelta(days=3))
        beyond = alarms.set(3, now + timedelta(days=61))

        run = move(shop, 60)

        assert alarms.heard == [
            (soon, now + timedelta(days=3)),
            (late, now + timedelta(days=40, hours=5)),
        ]
        assert beyond in alarms.waiting
        assert (run.status, run.counts, run.percent) == ("done", {"alarms": 2}, 100)

    def test_moves_the_clock(self, shop: Organization, alarms: Alarms) -> None:
        move(shop, 30)
        move(shop, 0.5)

        shop.refresh_from_db()
        assert shop.clock_offset == timedelta(days=30.5)

    def test_does_overdue_things_first_and_not_in_the_past(
        self, shop: Organization, alarms: Alarms
    ) -> None:
        overdue = alarms.set(1, system_time() - timedelta(days=9))

        run = move(shop, 1)

        assert alarms.heard == [(overdue, run.from_at)]

    def test_goes_on_with_what_becomes_due_on_the_way(
        self, shop: Organization, alarms: Alarms
    ) -> None:
        subject = alarms.set(1, system_time() + timedelta(hours=1))
        alarms.again[subject] = timedelta(hours=6)

        run = move(shop, 2)

        assert run.counts == {"alarms": 8}
        moments = [at for _, at in alarms.heard]
        assert moments == sorted(moments)

    def test_lets_several_customers_live_at_once(self, shop: Organization, alarms: Alarms) -> None:
        for number in range(1, 41):
            alarms.set(number, system_time() + timedelta(hours=1), UUID(int=number))

        assert move(shop, 1).counts == {"alarms": 40}
        assert len(alarms.threads) > 1

    def test_counts_what_fails_and_goes_on(self, shop: Organization, alarms: Alarms) -> None:
        broken = alarms.set(1, system_time() + timedelta(hours=1))
        alarms.broken.add(broken)
        alarms.set(2, system_time() + timedelta(hours=2))

        run = move(shop, 1)

        assert (run.counts, run.failure_count) == ({"alarms": 1}, 1)
        assert run.failures == [
            {
                "kind": "alarms",
                "subject": str(broken),
                "message": "RuntimeError: The bell is broken.",
            }
        ]

    def test_does_the_jobs_that_a_worker_would_do(
        self, shop: Organization, alarms: Alarms, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def ring(subject: UUID, origin: Origin) -> None:
            alarms.waiting.pop(subject)
            with transaction.atomic():
                enqueue("sandbox.run_clock", run_id=str(subject), is_new=False)

        register_timer(Timer(name="alarms", due=alarms.due, run=ring))
        alarms.set(1, system_time() + timedelta(hours=1))

        run = move(shop, 1)

        # There is no such run: the job was done here, and said so.
        assert run.failures[0]["kind"] == "sandbox.run_clock"

    def test_records_what_happened(self, shop: Organization, alarms: Alarms) -> None:
        alarms.set(1, system_time() + timedelta(hours=1))

        move(shop, 1)

        assert Event.objects.get(type="organization.clock_advanced").payload["counts"] == {
            "alarms": 1
        }

    def test_takes_the_sandbox_stripe_along(
        self, shop: Organization, alarms: Alarms, stripesim: StripeSim, settings: Any
    ) -> None:
        settings.STRIPE_API_BASE = stripesim.url
        run = move(shop, 12)

        assert (SandboxClock.read().now or datetime.min.replace(tzinfo=UTC)) >= run.to_at
        stripesim.control("clock/set", {})


class TestResumeClockRuns:
    def test_takes_up_a_run_whose_process_died(self, shop: Organization, alarms: Alarms) -> None:
        origin = system_origin(Door.COMMAND)
        run = start_clock_run(
            organization_id=shop.pk, span=timedelta(days=9), in_background=False, origin=origin
        )
        halfway = run.from_at + timedelta(days=5)
        ClockRun.objects.filter(pk=run.pk).update(
            reached_at=halfway, counts={"alarms": 3}, touched_at=origin.at - timedelta(minutes=9)
        )
        alarms.set(1, halfway + timedelta(hours=1))

        assert resume_clock_runs(origin=origin) == 1
        done = run_clock(run_id=run.pk, is_new=False, origin=origin)

        shop.refresh_from_db()
        assert (done.status, done.counts) == ("done", {"alarms": 4})
        assert shop.clock_offset == timedelta(days=9)

    def test_leaves_a_living_run_alone(self, shop: Organization, alarms: Alarms) -> None:
        origin = system_origin(Door.COMMAND)
        run = start_clock_run(
            organization_id=shop.pk, span=timedelta(days=9), in_background=False, origin=origin
        )

        assert resume_clock_runs(origin=origin) == 0
        assert run_clock(run_id=run.pk, is_new=False, origin=origin).status == "running"


class TestStartClockRun:
    def start(self, shop: Organization, span: timedelta) -> ClockRun:
        return start_clock_run(
            organization_id=shop.pk, span=span, origin=system_origin(Door.COMMAND)
        )

    def test_refuses_a_second_run(self, shop: Organization) -> None:
        self.start(shop, timedelta(days=1))

        with pytest.raises(ClockIsMoving):
            self.start(shop, timedelta(days=1))

    @pytest.mark.parametrize("days", [0, -1, 4000])
    def test_refuses_to_go_back_or_too_far(self, shop: Organization, days: int) -> None:
        with pytest.raises(ClockSpanInvalid):
            self.start(shop, timedelta(days=days))

    def test_exists_in_the_sandbox_only(self, shop: Organization, settings: Any) -> None:
        settings.SANDBOX = False

        with pytest.raises(SandboxOnly):
            self.start(shop, timedelta(days=1))


class TestTheCommand:
    def test_prints_one_line(self, shop: Organization, alarms: Alarms) -> None:
        alarms.set(1, system_time() + timedelta(hours=1))
        out = StringIO()

        call_command("advance_clock", organization=shop.slug, days=2, stdout=out)

        (line,) = out.getvalue().splitlines()
        assert line.startswith("acme-clock: clock at ")
        assert line.endswith(": 1 alarms; 0 failures.")

    def test_knows_its_organizations(self) -> None:
        with pytest.raises(CommandError, match="no organization"):
            call_command("advance_clock", organization="nobody", days=2)
