"""The test clock as the API shows it."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from apps.sandbox.models import ClockRun


class ClockRunBody(TypedDict):
    """One move of the clock; `counts` says what happened, by kind."""

    id: str
    status: str
    from_at: datetime
    to_at: datetime
    reached_at: datetime
    percent: int
    counts: dict[str, int]
    failure_count: int
    started_at: datetime
    finished_at: datetime | None


class TestClockBody(TypedDict):
    """What time it is for the organization, and its latest move."""

    now: datetime
    run: ClockRunBody | None


def present_clock_run(run: ClockRun) -> ClockRunBody:
    """A run."""
    return {
        "id": str(run.pk),
        "status": run.status,
        "from_at": run.from_at,
        "to_at": run.to_at,
        "reached_at": run.reached_at,
        "percent": run.percent,
        "counts": run.counts,
        "failure_count": run.failure_count,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
    }
