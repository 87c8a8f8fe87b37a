"""The choice between primary and replica, once for each request that lists."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import psycopg
import structlog
from django.conf import settings
from django.db import Error, connections

from apps.core.metrics import Counter
from apps.core.replica.horizon import Horizon
from apps.core.replica.positions import parse_position, primary_position, recall
from apps.core.replica.route import PRIMARY, REPLICA, Route

log = structlog.get_logger(__name__)

CHOICES: Final = Counter(
    "replica_choices_total",
    "Requests that list: answered by the replica (ready), or why not "
    "(late, ahead: own writes are not there yet, promoted, gone, failed).",
    "outcome",
)
READY, LATE, AHEAD, PROMOTED, GONE, FAILED = "ready", "late", "ahead", "promoted", "gone", "failed"
# How long a replica that is late is not asked again.
LATE_SECONDS: Final = 1.0
_STATE: Final = "SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn()::text"


class Judge:
    """What this process knows of the replica; `monotonic` is a clock of seconds."""

    def __init__(self, *, lag: float, retry: float, monotonic: Callable[[], float]) -> None:
        self._horizon = Horizon(lag)
        self._retry = retry
        self._now = monotonic
        self._open_until = 0.0
        self.outcome = READY

    def choose(self, route: Route) -> str:
        """The alias to read from: the replica if it answers, is not late, and has own writes."""
        outcome = self._judge(route)
        CHOICES.inc(outcome)
        return REPLICA if outcome == READY else PRIMARY

    def check(self) -> str:
        """How the replica is, asked now: ready, late, promoted or gone."""
        return self._judge(None)

    def give_up(self, outcome: str, error: BaseException | None = None) -> str:
        """Leave the replica alone for a while."""
        if outcome != self.outcome:
            log.warning("replica_left", outcome=outcome, error=type(error).__name__)
        self.outcome = outcome
        pause = LATE_SECONDS if outcome == LATE else self._retry
        self._open_until = self._now() + pause
        return outcome

    def _judge(self, route: Route | None) -> str:
        if route is not None and self._now() < self._open_until:
            return self.outcome
        try:
            is_standby, replayed = _ask_replica()
        except (Error, psycopg.Error) as error:
            connections[REPLICA].close()
            return self.give_up(GONE, error)
        if not is_standby:
            return self.give_up(PROMOTED)
        if replayed < self._horizon.demanded(self._now(), primary_position):
            return self.give_up(LATE)
        if self.outcome != READY:
            log.info("replica_back", after=self.outcome)
        self.outcome, self._open_until = READY, 0.0
        is_behind = route is not None and replayed < _own_writes(route)
        return AHEAD if is_behind else READY


@cache
def judge() -> Judge:
    """The one of this process."""
    return Judge(
        lag=settings.REPLICA_LAG_SECONDS,
        retry=settings.REPLICA_RETRY_SECONDS,
        monotonic=time.monotonic,
    )


def _own_writes(route: Route) -> int:
    return max(route.position, recall(route.caller) if route.caller else 0)


def _ask_replica() -> tuple[bool, int]:
    """Whether it is one, and how far; past the wrapper that would ask the primary instead."""
    connection: Any = connections[REPLICA]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    is_standby, replayed = connection.connection.execute(_STATE).fetchone()
    return bool(is_standby), parse_position(replayed or "")
