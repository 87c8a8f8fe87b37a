"""
What is counted for Prometheus: counters and histograms of processes, and gauges read when asked.

The library is loaded by the first that counts. Every process keeps its numbers in a file of its own
under `METRICS_DIR`, and whoever answers `/metrics` adds up all of them, so any web process can.
Labels come from closed lists only (templates of routes, names of tasks): never an id.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final

from django.conf import settings

PREFIX: Final = "comptroller_"
# Seconds; among them the times that we promise for the 99th percentile.
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.6, 1.2, 2.5, 5.5, 10.0, 30.0, 120.0)
# Label values of a gauge, and its value.
Sample = tuple[tuple[str, ...], float]

_lock = Lock()


class _Metric(ABC):
    """A metric that comes to be when it is first used."""

    def __init__(self, name: str, text: str, *labels: str) -> None:
        self.name, self.text, self.labels = f"{PREFIX}{name}", text, labels
        self._made: Any = None

    def _of(self, values: tuple[str, ...]) -> Any:
        if self._made is None:
            with _lock:
                self._made = self._made or self._make()
        return self._made.labels(*values) if values else self._made

    @abstractmethod
    def _make(self) -> Any:
        """The library's metric of this kind."""


class Counter(_Metric):
    """Counts what happens in this process."""

    def inc(self, *values: str) -> None:
        """One more with these label values; does nothing where metrics are off."""
        if settings.METRICS_ENABLED:
            self._of(values).inc()

    def _make(self) -> Any:
        from prometheus_client import Counter as Made

        return Made(self.name, self.text, self.labels)


class Histogram(_Metric):
    """Keeps how long things take in this process."""

    def observe(self, seconds: float, *values: str) -> None:
        """One more that took so long; does nothing where metrics are off."""
        if settings.METRICS_ENABLED:
            self._of(values).observe(seconds)

    def _make(self) -> Any:
        from prometheus_client import Histogram as Made

        return Made(self.name, self.text, self.labels, buckets=BUCKETS)


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number that is read when somebody asks, as of a moment of the machine's time."""

    name: str
    text: str
    labels: tuple[str, ...]
    read: Callable[[datetime], Iterable[Sample]]


_gauges: Final[dict[str, Gauge]] = {}


def register_gauge(
    name: str, text: str, read: Callable[[datetime], Iterable[Sample]], labels: Sequence[str] = ()
) -> None:
    """
    Have a gauge told at `/metrics`; `read` gives its samples in one or two cheap queries.

    :raises ValueError: for a second gauge of the same name.
    """
    if name in _gauges:
        raise ValueError(f"There are two gauges {name!r}.")
    _gauges[name] = Gauge(f"{PREFIX}{name}", text, tuple(labels), read)


def registered_gauges() -> Sequence[Gauge]:
    """All of them, by name."""
    return [gauge for _, gauge in sorted(_gauges.items())]


REQUESTS: Final = Counter("http_requests_total", "Requests answered.", "method", "route", "status")
REQUEST_SECONDS: Final = Histogram(
    "http_request_seconds", "How long requests took.", "method", "route"
)
TASKS: Final = Counter("tasks_total", "Tasks that ended.", "task", "outcome")
TASK_SECONDS: Final = Histogram("task_seconds", "How long tasks took.", "task")
