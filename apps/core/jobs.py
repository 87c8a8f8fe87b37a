"""Work done outside the request: tasks by name, handed to Celery after the commit."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import redis
import structlog
from celery import current_app, shared_task
from django.db import InterfaceError, transaction
from django.db import OperationalError as DatabaseUnavailable
from kombu.exceptions import OperationalError as BrokerUnavailable

from apps.core.correlation import TASK_HEADER, current_correlation_id
from apps.core.errors import Unavailable

log = structlog.get_logger(__name__)

QUEUES = ("high", "medium", "low", "webhooks", "sandbox")
DEFAULT_QUEUE = "medium"

# What may pass by itself: the job is tried again, later and later.
TRANSIENT: tuple[type[Exception], ...] = (
    DatabaseUnavailable,
    InterfaceError,
    BrokerUnavailable,
    redis.ConnectionError,
    redis.TimeoutError,
    ConnectionError,
    TimeoutError,
    Unavailable,
)
MAX_RETRIES = 10
BACKOFF_SECONDS = 2
# Below the broker's visibility timeout, or a waiting retry would be handed out twice.
BACKOFF_LIMIT_SECONDS = 1800

_queues: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class KeptJob:
    """A job that was not sent but kept; `countdown` in seconds."""

    name: str
    countdown: float
    kwargs: dict[str, Any]

    def run(self) -> None:
        """Do it here and now, without the retries of a worker."""
        current_app.tasks[self.name](**self.kwargs)


_kept: ContextVar[list[KeptJob] | None] = ContextVar("kept_jobs", default=None)


def job(
    name: str, *, queue: str = DEFAULT_QUEUE, max_retries: int = MAX_RETRIES
) -> Callable[[Callable[..., None]], Any]:
    """
    Declare a task, `app.verb_noun`, on one of `QUEUES`.

    It takes JSON-ready keyword arguments and `**_future: object`, so that a worker of the previous
    release survives messages of the next. It may run twice: a message is acknowledged only when
    the work is done. Transient errors are retried with growing, jittered pauses; what fails for
    good becomes a `DeadTask`.
    """
    _require_queue(queue)
    _queues[name] = queue
    return shared_task(
        name=name,
        acks_late=True,
        autoretry_for=TRANSIENT,
        retry_backoff=BACKOFF_SECONDS,
        retry_backoff_max=BACKOFF_LIMIT_SECONDS,
        retry_jitter=True,
        max_retries=max_retries,
    )


def enqueue(name: str, /, *, queue: str | None = None, countdown: float = 0, **kwargs: Any) -> None:
    """
    Tell Celery on commit to run the task `name` with JSON-ready `kwargs`.

    `queue` is the task's own unless given; `countdown` is in seconds. Nothing is sent if the
    transaction rolls back. A broker that does not answer is logged, not raised: whoever needs
    certainty writes an event with an outbox handler, which the sweeper re-sends. The task belongs
    to the correlation id of its sender.
    """
    chosen = queue or queue_of(name)
    _require_queue(chosen)
    cause = current_correlation_id()
    transaction.on_commit(partial(_send, name, chosen, countdown, kwargs, cause))


@contextmanager
def keep_jobs() -> Iterator[list[KeptJob]]:
    """
    Keep the jobs that this thread enqueues, in order, instead of sending them.

    For whoever has to see their work done before going on; what is left in the list is lost to the
    broker, and found by the sweepers only.
    """
    kept: list[KeptJob] = []
    token = _kept.set(kept)
    try:
        yield kept
    finally:
        _kept.reset(token)


def queue_of(name: str) -> str:
    """The queue the task `name` declares; `medium` for one this process does not know."""
    return _queues.get(name, DEFAULT_QUEUE)


def backoff(
    attempt: int,
    *,
    first: float = BACKOFF_SECONDS,
    limit: float = BACKOFF_LIMIT_SECONDS,
) -> timedelta:
    """
    How long to wait after the failed attempt number `attempt` (from 1).

    Doubles from `first` seconds up to `limit`; the last half is random, so that what failed
    together does not come back together.
    """
    pause = min(first * 2 ** min(attempt - 1, 30), limit)
    return timedelta(seconds=pause / 2 + random.uniform(0, pause / 2))  # noqa: S311


def _send(name: str, queue: str, countdown: float, kwargs: dict[str, Any], cause: str) -> None:
    kept = _kept.get()
    if kept is not None:
        kept.append(KeptJob(name, countdown, kwargs))
        return
    try:
        current_app.send_task(
            name,
            kwargs=kwargs,
            queue=queue,
            countdown=countdown or None,
            headers={TASK_HEADER: cause} if cause else None,
        )
    except (BrokerUnavailable, redis.RedisError, OSError) as error:
        log.warning("job_not_sent", task=name, error=type(error).__name__)


def _require_queue(queue: str) -> None:
    if queue not in QUEUES:
        raise ValueError(f"There is no queue {queue!r}.")
