"""
Whether the system can do its work: the list of checks behind `/healthz` and the page of staff.

Every app registers its own in `AppConfig.ready()`. Each looks at a bounded number of rows, so that
asking every few seconds costs nothing, whatever has piled up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import redis
import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction

from apps.core.jobs import QUEUES
from apps.core.models import PeriodicRun
from apps.core.schedule import declared_jobs

if TYPE_CHECKING:
    from collections.abc import Iterator

log = structlog.get_logger(__name__)

BROKER_TIMEOUT_SECONDS: Final = 2
QUERY_TIMEOUT_MS: Final = 2000
# Beside the time between two runs: what a queue that is merely busy may add.
HEARTBEAT_LEEWAY: Final = timedelta(minutes=2)
# Of what has piled up so many are looked at.
LOOKED_AT: Final = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, in words without personal data and secrets."""

    is_well: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """
    One thing without which the system is not well.

    `find(at)` looks at it as of `at`, the machine's time. `is_essential` is what a process needs to
    answer anybody; `asks_database` is not looked at while the database is gone. `page` and `query`
    name the admin page where staff find more. The runbook has a heading for each `name`.
    """

    name: str
    title: str
    find: Callable[[datetime], Finding]
    is_essential: bool = False
    asks_database: bool = True
    page: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A check with what it found."""

    check: HealthCheck
    finding: Finding


_checks: Final[dict[str, HealthCheck]] = {}


def register_health_check(check: HealthCheck) -> None:
    """
    Have it looked at with the others, after those of the apps below.

    :raises ValueError: for a second check of the same name.
    """
    if check.name in _checks:
        raise ValueError(f"There are two health checks {check.name!r}.")
    _checks[check.name] = check


def registered_health_checks() -> Mapping[str, HealthCheck]:
    """All checks by name, in the order they are looked at."""
    return dict(_checks)


def health_lines(at: datetime, *, only_essential: bool = False) -> Sequence[Line]:
    """Every check with what it found as of `at`; never raises for a service that is gone."""
    lines: list[Line] = []
    for check in _checks.values():
        if only_essential and not check.is_essential:
            continue
        is_blind = check.asks_database and any(
            line.check.name == DATABASE and not line.finding.is_well for line in lines
        )
        lines.append(Line(check, Finding(False, "unknown") if is_blind else _look(check, at)))
    return lines


def age_of(key: UUID, at: datetime) -> timedelta:
    """How long ago, by the machine's clock, a row was made whose key is a UUIDv7."""
    return max(at - datetime.fromtimestamp((key.int >> 80) / 1000, tz=UTC), timedelta())


def queue_lengths() -> dict[str, int]:
    """
    How many messages wait in each queue.

    :raises redis.RedisError: the broker does not answer.
    """
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=BROKER_TIMEOUT_SECONDS,
        socket_connect_timeout=BROKER_TIMEOUT_SECONDS,
    )
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("global_keyprefix", "")
    try:
        pipeline = client.pipeline(transaction=False)
        for queue in QUEUES:
            pipeline.llen(f"{prefix}{queue}")
        return dict(zip(QUEUES, map(int, pipeline.execute()), strict=True))
    finally:
        client.close()


def heartbeat_age(at: datetime) -> timedelta | None:
    """How long ago a worker last began the most frequent periodic job; None if never."""
    job = min(declared_jobs(), key=lambda entry: entry.every)
    latest = PeriodicRun.objects.filter(name=job.name).order_by("-started_at")
    started_at = latest.values_list("started_at", flat=True).first()
    return None if started_at is None else max(at - started_at, timedelta())


def _look(check: HealthCheck, at: datetime) -> Finding:
    try:
        if not check.asks_database:
            return check.find(at)
        with _briefly():
            return check.find(at)
    except (DatabaseError, redis.RedisError, OSError) as error:
        log.warning("health_check_failed", check=check.name, error=type(error).__name__)
        return Finding(False, f"no answer ({type(error).__name__})")


@contextmanager
def _briefly() -> Iterator[None]:
    """A transaction whose statements may not take long."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {QUERY_TIMEOUT_MS}")
        yield


def _database(at: datetime) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        (is_replica,) = cursor.fetchone()
    return Finding(not is_replica, "takes no writes" if is_replica else "answers")


def _broker(at: datetime) -> Finding:
    return Finding(True, f"{sum(queue_lengths().values()):,} waiting")


def _scheduler(at: datetime) -> Finding:
    age = heartbeat_age(at)
    if age is None:
        return Finding(False, "no job has run yet")
    limit = HEARTBEAT_LEEWAY + timedelta(seconds=min(job.every for job in declared_jobs()))
    return Finding(age <= limit, f"a job ran {int(age.total_seconds())} s ago")


DATABASE: Final = "database"
CHECKS: Final = (
    HealthCheck(name=DATABASE, title="Database", find=_database, is_essential=True),
    HealthCheck(
        name="broker", title="Broker", find=_broker, is_essential=True, asks_database=False
    ),
    HealthCheck(name="scheduler", title="Scheduler", find=_scheduler, page="periodic_jobs"),
)


def register() -> None:
    """Called once, when the app is ready."""
    for check in CHECKS:
        register_health_check(check)
