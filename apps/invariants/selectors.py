"""Looking for what breaks the checks, and what was found last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction

from apps.invariants.models import CheckRun
from apps.invariants.registry import Check, Findings, registered_checks

log = structlog.get_logger(__name__)

# How many counterexamples are kept; their number is exact all the same.
SAMPLE: Final = 20


@dataclass(frozen=True, slots=True)
class Violation:
    """One counterexample: the name of the check, the row, and what is wrong with it."""

    check: str
    key: str
    detail: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a check; `error` instead of findings if it could not be carried through."""

    check: Check
    findings: Findings
    duration_ms: int
    error: str = ""

    @property
    def outcome(self) -> CheckRun.Outcome:
        """In one word."""
        if self.error:
            return CheckRun.Outcome.FAILED
        return CheckRun.Outcome.BROKEN if self.findings.count else CheckRun.Outcome.OK


@dataclass(frozen=True, slots=True)
class CheckState:
    """A check with its last run; None before the first."""

    check: Check
    run: CheckRun | None


def results(checks: Iterable[Check], *, at: datetime, limit: int = SAMPLE) -> Iterator[Result]:
    """
    Each check's result as of `at`, one after the other.

    Each reads in a transaction of its own that cannot write and ends within
    `INVARIANT_TIMEOUT_SECONDS`, so none holds the vacuum up for longer, and one that fails leaves
    the others alone.
    """
    for check in checks:
        begun = monotonic()
        error = ""
        findings = Findings(0)
        try:
            with _reading():
                findings = check.find(at, limit)
        except DatabaseError as failure:
            log.exception("check_failed", check=check.name)
            error = f"{type(failure).__name__}: {failure}".strip()
        yield Result(check, findings, int((monotonic() - begun) * 1000), error)


def violations(checks: Iterable[Check], *, at: datetime) -> list[Violation]:
    """
    What contradicts these checks as of `at`, up to a sample of each.

    :raises RuntimeError: if a check could not be carried through.
    """
    found = []
    for result in results(checks, at=at):
        if result.error:
            raise RuntimeError(f"{result.check.name}: {result.error}")
        found += [
            Violation(result.check.name, one.key, one.detail) for one in result.findings.examples
        ]
    return found


def check_states() -> list[CheckState]:
    """Every check with its last run, those of one app together. One query."""
    latest = {
        run.name: run
        for run in CheckRun.objects.order_by("name", "-started_at", "-id").distinct("name")
    }
    return [CheckState(check, latest.get(name)) for name, check in registered_checks().items()]


def last_outcomes(names: Iterable[str]) -> dict[str, str]:
    """What each of these checks came to when it ran last."""
    runs = CheckRun.objects.filter(name__in=list(names))
    return dict(
        runs.order_by("name", "-started_at", "-id").distinct("name").values_list("name", "outcome")
    )


@contextmanager
def _reading() -> Iterator[None]:
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
                # Milliseconds; a number of our own settings.
                limit = int(settings.INVARIANT_TIMEOUT_SECONDS * 1000)
                cursor.execute(f"SET LOCAL statement_timeout = {limit}")
        yield
