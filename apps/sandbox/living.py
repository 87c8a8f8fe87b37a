"""
Living through a span of time: what is due is done in order, each thing at its own moment.

Stretches of some days are taken one after the other. Within one the timers of all apps are merged;
the things of one lane (a customer) are done in the order of their moments, several lanes at once.
A lane does one day at a time: what that makes due in turn comes before its next day. The jobs that
are sent meanwhile are done at once.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog

from apps.core.clock import pinned
from apps.core.jobs import KeptJob, keep_jobs
from apps.core.origin import Door, system_origin
from apps.core.timers import Due, Timer, timers
from apps.sandbox.workers import Run, workers

log = structlog.get_logger(__name__)

DAY: Final = timedelta(days=1)
# Asking every timer costs as much as a few renewals: long spans are lived in longer stretches.
STRETCH: Final = timedelta(days=7)
LONG: Final = timedelta(days=45)
FAILURES_KEPT: Final = 20

Step = tuple[Due, Timer]


@dataclass(slots=True)
class Tally:
    """What happened so far and what went wrong; `left` are the jobs that failed here."""

    counts: Counter[str] = field(default_factory=Counter)
    failure_count: int = 0
    failures: list[dict[str, str]] = field(default_factory=list)
    left: list[KeptJob] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str) -> None:
        """One more thing of a kind."""
        with self._lock:
            self.counts[name] += 1

    def fail(self, name: str, subject: str, error: Exception) -> None:
        """One that did not work; the first few are kept word for word."""
        log.warning("due_thing_failed", kind=name, subject=subject, error=repr(error))
        with self._lock:
            self.failure_count += 1
            if len(self.failures) < FAILURES_KEPT:
                message = f"{type(error).__name__}: {error}"[:300]
                self.failures.append({"kind": name, "subject": subject, "message": message})


def live_through(
    *,
    organization_id: UUID,
    start: datetime,
    end: datetime,
    tally: Tally,
    reached: Callable[[datetime], None],
    threads: int,
) -> None:
    """
    Do everything of the organization that becomes due from `start` to `end`, overdue things first.

    `reached` is called at the end of each stretch: a day, of long spans a week. What fails is
    counted and left; what stays due although it was done is not done again within the same
    stretch. Runs outside transactions.
    """
    stretch = STRETCH if end - start > LONG else DAY
    with workers(threads) as run:
        at = start
        while at < end:
            until = min(end, at + stretch)
            _live_stretch(organization_id, at, until, tally, run)
            reached(until)
            at = until


def _live_stretch(
    organization_id: UUID, start: datetime, until: datetime, tally: Tally, run: Run
) -> None:
    moments: dict[UUID, datetime] = {}
    seen: set[tuple[str, Due]] = set()
    while lanes := _due_lanes(organization_id, until, seen):
        for lane, steps in lanes.items():
            at = moments.get(lane, start)
            for place, (due, timer) in enumerate(steps):
                at = max(at, due.at)
                steps[place] = (Due(at, due.subject_id, lane), timer)
            moments[lane] = at
        run(partial(_live_lane, steps, tally) for steps in lanes.values())


def _due_lanes(
    organization_id: UUID, until: datetime, seen: set[tuple[str, Due]]
) -> dict[UUID, list[Step]]:
    """The next day of each lane that has something due which was not done yet, in order."""
    lanes: dict[UUID, list[Step]] = defaultdict(list)
    for timer in timers():
        for due in timer.due(organization_id, until):
            if (timer.name, due) not in seen:
                lanes[due.lane].append((due, timer))
    for lane, steps in lanes.items():
        # The timers come in the order of their ranks, and sorting keeps that.
        steps.sort(key=lambda step: step[0].at)
        day = steps[0][0].at + DAY
        lanes[lane] = [step for step in steps if step[0].at < day]
        seen.update((timer.name, due) for due, timer in lanes[lane])
    return lanes


def _live_lane(steps: list[Step], tally: Tally) -> None:
    for due, timer in steps:
        with pinned(due.at), keep_jobs() as jobs:
            try:
                timer.run(due.subject_id, system_origin(Door.TASK))
                tally.add(timer.name)
            except Exception as error:
                # What cannot be done is shown at the end; the rest of the world goes on.
                tally.fail(timer.name, str(due.subject_id), error)
            _run_jobs(jobs, tally)


def _run_jobs(jobs: list[KeptJob], tally: Tally) -> None:
    """Do what was sent, and what that sends; a job that waits is done once, without waiting."""
    delayed: set[str] = set()
    while jobs:
        job = jobs.pop(0)
        if job.countdown:
            mark = f"{job.name} {job.kwargs}"
            if mark in delayed:
                # It would come again and again; a timer or a sweep knows of what it is for.
                continue
            delayed.add(mark)
        _run_job(job, tally)


def _run_job(job: KeptJob, tally: Tally) -> None:
    try:
        job.run()
    except Exception as error:
        tally.fail(job.name, str(next(iter(job.kwargs.values()), "")), error)
        tally.left.append(job)
