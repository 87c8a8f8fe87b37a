"""Reads of the job machinery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from apps.core.models import DeadTask, PeriodicRun
from apps.core.schedule import declared_jobs, next_run_at, slot_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodicState:
    """A periodic job with its latest run (None before the first)."""

    name: str
    description: str
    every: timedelta
    last_run: PeriodicRun | None
    duration: timedelta | None
    next_run_at: datetime


def due_slots(at: datetime) -> list[tuple[str, str]]:
    """Name and slot of every periodic job that has not run in its present slot."""
    present = {entry.name: slot_of(entry, at) for entry in declared_jobs()}
    taken = set(
        PeriodicRun.objects.filter(name__in=present, slot__in=set(present.values())).values_list(
            "name", "slot"
        )
    )
    return [pair for pair in present.items() if pair not in taken]


def periodic_states(at: datetime) -> list[PeriodicState]:
    """Every periodic job as of `at`, in the order of the schedule. Two queries."""
    due = dict(due_slots(at))
    latest = {
        run.name: run
        for run in PeriodicRun.objects.order_by("name", "-started_at").distinct("name")
    }
    return [
        PeriodicState(
            name=entry.name,
            description=entry.description,
            every=timedelta(seconds=entry.every),
            last_run=latest.get(entry.name),
            duration=_duration(latest.get(entry.name)),
            next_run_at=next_run_at(entry, at, is_done=entry.name not in due),
        )
        for entry in declared_jobs()
    ]


def open_dead_tasks() -> QuerySet[DeadTask]:
    """Tasks that failed for good and were not retried, latest first."""
    return DeadTask.objects.filter(retried_at=None).order_by("-failed_at")


def _duration(run: PeriodicRun | None) -> timedelta | None:
    if run is None or run.finished_at is None:
        return None
    return run.finished_at - run.started_at
