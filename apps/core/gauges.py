"""Gauges of the machinery."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from apps.core.health import health_lines, heartbeat_age, queue_lengths
from apps.core.metrics import Sample, register_gauge
from apps.core.selectors import open_dead_tasks


def register() -> None:
    """Called once, when the app is ready."""
    register_gauge("healthy", "Whether a check of /healthz is well.", _healthy, ["check"])
    register_gauge("queue_messages", "Messages that no worker has taken.", _queues, ["queue"])
    register_gauge("heartbeat_age_seconds", "Since a periodic job last began.", _heartbeat)
    register_gauge("dead_tasks", "Tasks that failed for good and were not retried.", _dead)


def _healthy(at: datetime) -> Iterable[Sample]:
    for line in health_lines(at):
        yield (line.check.name,), float(line.finding.is_well)


def _queues(at: datetime) -> Iterable[Sample]:
    for queue, count in queue_lengths().items():
        yield (queue,), count


def _heartbeat(at: datetime) -> Iterable[Sample]:
    age = heartbeat_age(at)
    if age is not None:
        yield (), age.total_seconds()


def _dead(at: datetime) -> Iterable[Sample]:
    yield (), open_dead_tasks().count()
