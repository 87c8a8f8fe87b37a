"""Running checks: what is kept, who is told, and what the command says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.core.errors import ResourceNotFound
from apps.core.jobs import keep_jobs
from apps.core.origin import Actor, Door, Origin
from apps.events.models import Event
from apps.invariants import registry
from apps.invariants.models import CheckRun
from apps.invariants.operations import prune_check_runs, request_checks, run_checks, start_checks
from apps.invariants.registry import (
    Area,
    Check,
    Counterexample,
    Findings,
    by_query,
    register_check,
    registered_checks,
)
from apps.invariants.selectors import check_states, results, violations
from apps.ledger.models import FeeCredit
from tests.support.merchants import make_organization

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
ORIGIN = Origin(actor=Actor.SYSTEM, door=Door.TASK, at=NOW)
NAME = "tests.nothing_is_wrong"

pytestmark = pytest.mark.django_db


@dataclass
class Fault:
    """What the check of the tests finds; nothing at first."""

    examples: list[Counterexample] = field(default_factory=list)

    def find(self, at: datetime, limit: int) -> Findings:
        return Findings(len(self.examples), tuple(self.examples[:limit]))


@pytest.fixture
def fault() -> Iterator[Fault]:
    made = Fault()
    register_check(Check(name=NAME, title="Nothing is wrong", find=made.find, area=Area.RECORDS))
    yield made
    del registry._checks[NAME]


def run(at: datetime = NOW) -> CheckRun:
    run_checks(names=[NAME], origin=Origin(actor=Actor.SYSTEM, door=Door.TASK, at=at))
    return CheckRun.objects.filter(name=NAME).latest("started_at")


def told() -> list[str]:
    return list(Event.objects.order_by("id").values_list("type", flat=True))


class TestRunChecks:
    def test_keeps_outcome_number_and_sample(self, fault: Fault) -> None:
        fault.examples = [Counterexample(str(number), "wrong") for number in range(30)]
        kept = run()
        assert (kept.outcome, kept.count, len(kept.examples)) == ("broken", 30, 20)
        assert kept.examples[0] == ["0", "wrong"]

    def test_tells_when_one_breaks_and_when_it_is_mended(self, fault: Fault) -> None:
        run()
        fault.examples = [Counterexample("1", "wrong")]
        for minute in range(3):
            run(NOW + timedelta(minutes=1 + minute))
        assert told() == ["check.broken"]
        fault.examples = []
        run(NOW + timedelta(hours=1))
        assert told() == ["check.broken", "check.mended"]
        assert Event.objects.latest("id").payload == {"name": NAME, "count": 0}

    def test_goes_on_after_one_that_cannot_be_carried_through(self, fault: Fault) -> None:
        name = "tests.broken_query"
        register_check(
            Check(name=name, title="x", find=by_query("SELECT 1, 2/0"), area=Area.RECORDS)
        )
        try:
            first, second = run_checks(names=[name, NAME], origin=ORIGIN)
            assert (first.outcome, second.outcome) == ("failed", "ok")
            assert "division by zero" in CheckRun.objects.get(name=name).error
            with pytest.raises(RuntimeError, match=name):
                violations([registered_checks()[name]], at=NOW)
        finally:
            del registry._checks[name]

    def test_refuses_a_name_that_no_check_has(self) -> None:
        for refused in (run_checks, start_checks, request_checks):
            with pytest.raises(ResourceNotFound):
                refused(names=["tests.unknown"], origin=ORIGIN)
        assert not CheckRun.objects.exists()

    def test_runs_all_unless_told_otherwise(self) -> None:
        assert len(run_checks(origin=ORIGIN)) == len(registered_checks()) > 80
        assert all(one.run and one.run.outcome == "ok" for one in check_states())


class TestRequestChecks:
    def test_has_workers_run_each(
        self, fault: Fault, django_capture_on_commit_callbacks: Any
    ) -> None:
        with keep_jobs() as jobs, django_capture_on_commit_callbacks(execute=True):
            count = request_checks(origin=ORIGIN.because("Something looks odd"))
        assert count == len(jobs) == len(registered_checks())
        assert Event.objects.get().reason == "Something looks odd"
        next(job for job in jobs if job.kwargs == {"name": NAME}).run()
        assert CheckRun.objects.get().name == NAME

    def test_has_no_event_by_the_clock(self) -> None:
        start_checks(origin=ORIGIN)
        assert not Event.objects.exists()


class TestPruneCheckRuns:
    def test_keeps_the_last_of_each(self, fault: Fault) -> None:
        for days in (40, 35, 31):
            run(NOW - timedelta(days=days))
        assert prune_check_runs(origin=ORIGIN) == 2
        assert CheckRun.objects.get().started_at == NOW - timedelta(days=31)


def test_a_second_check_of_a_name_is_refused(fault: Fault) -> None:
    with pytest.raises(ValueError, match=NAME):
        register_check(registered_checks()[NAME])


def test_a_query_reads_as_of_a_time_and_keeps_its_percent_signs() -> None:
    find = by_query("SELECT 'a', to_char(:at::timestamptz, 'YYYY') || format(' %s %%', 1)")
    assert find(NOW, 5).examples == (Counterexample("a", "2027 1 %"),)


@pytest.mark.django_db(transaction=True)
def test_a_check_cannot_write_and_ends_in_time(settings: Any) -> None:
    settings.INVARIANT_TIMEOUT_SECONDS = 0.2
    errors = []
    for query in ("SELECT 1, nextval('ledger_transfer_id_seq')", "SELECT 1, pg_sleep(9)"):
        check = Check(name="tests.x", title="x", area=Area.BOOKS, find=by_query(query))
        errors += [one.error for one in results([check], at=NOW)]
    assert "read-only" in errors[0] and "timeout" in errors[1]
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


class TestCheckBooks:
    def test_prints_a_line_a_check(self) -> None:
        output = StringIO()
        call_command("check_books", stdout=output)
        lines = output.getvalue().splitlines()
        assert len(lines) == len(registered_checks())
        assert all(line.split()[1:3] == ["ok", "0"] and line.endswith("ms") for line in lines)

    def test_fails_when_one_is_broken_and_says_by_what(self) -> None:
        organization = make_organization()
        credit = FeeCredit.objects.create(
            organization=organization, title="Gift", amount=10, used_amount=3, granted_at=NOW
        )
        output = StringIO()
        with pytest.raises(CommandError, match="1 of") as failure:
            call_command("check_books", "--area", "books", "--examples", stdout=output)
        assert failure.value.returncode == 1
        assert f"{credit.pk}: 3 used, 0 posted" in output.getvalue()
        output = StringIO()
        with pytest.raises(CommandError):
            call_command("check_books", "ledger.fee_credits_are_used", "--json", stdout=output)
        [told] = json.loads(output.getvalue())
        assert (told["outcome"], told["count"]) == ("broken", 1)
        assert told["counterexamples"] == [{"key": str(credit.pk), "detail": "3 used, 0 posted"}]

    def test_keeps_its_runs_if_asked(self) -> None:
        call_command("check_books", "ledger.books_balance", "--keep", stdout=StringIO())
        assert CheckRun.objects.get().name == "ledger.books_balance"

    def test_refuses_a_name_that_no_check_has(self) -> None:
        with pytest.raises(CommandError, match="no check"):
            call_command("check_books", "tests.unknown", stdout=StringIO())
