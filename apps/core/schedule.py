"""Slots of the periodic jobs declared in `config/schedule.py`: arithmetic on times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from apps.core.errors import ResourceNotFound

if TYPE_CHECKING:
    from config.schedule import PeriodicJob


def declared_jobs() -> Sequence[PeriodicJob]:
    """Every periodic job, in the order of the schedule."""
    jobs: Sequence[PeriodicJob] = settings.SCHEDULE
    return jobs


def declared_job(name: str) -> PeriodicJob:
    """
    The periodic job called `name`.

    :raises ResourceNotFound: it is not in the schedule.
    """
    for entry in declared_jobs():
        if entry.name == name:
            return entry
    raise ResourceNotFound(f"There is no periodic job {name!r}.")


def slot_start(entry: PeriodicJob, at: datetime) -> datetime:
    """The beginning of the slot that `at` falls into."""
    seconds = int(at.timestamp())
    return datetime.fromtimestamp(seconds - seconds % entry.every, tz=UTC)


def slot_of(entry: PeriodicJob, at: datetime) -> str:
    """The name of that slot."""
    return slot_start(entry, at).strftime("%Y-%m-%dT%H:%M:%SZ")


def next_run_at(entry: PeriodicJob, at: datetime, *, is_done: bool) -> datetime:
    """When the job is due again; the past if the present slot `is_done` not."""
    start = slot_start(entry, at)
    return start + timedelta(seconds=entry.every) if is_done else start
