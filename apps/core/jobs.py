"""Work handed to Celery by name, after the commit."""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

QUEUES = ("high", "medium", "low", "webhooks")


def enqueue(name: str, *, queue: str = "medium", countdown: float = 0, **kwargs: Any) -> None:
    """
    Tell Celery on commit to run the task `name` with JSON-ready `kwargs`.

    Nothing is sent if the transaction rolls back. A broker that does not answer is logged, not
    raised: whoever needs certainty writes an event with an outbox handler, which the sweeper
    re-sends.
    """
    if queue not in QUEUES:
        raise ValueError(f"There is no queue {queue!r}.")
    transaction.on_commit(partial(_send, name, queue, countdown, kwargs))


def _send(name: str, queue: str, countdown: float, kwargs: dict[str, Any]) -> None:
    try:
        current_app.send_task(name, kwargs=kwargs, queue=queue, countdown=countdown or None)
    except (OperationalError, OSError) as error:
        log.warning("job_not_sent", task=name, error=type(error).__name__)
