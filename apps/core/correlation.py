"""One id from a request through its jobs to the webhooks that tell of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from structlog.contextvars import bind_contextvars, get_contextvars, reset_contextvars

from apps.core.ids import new_id

# What Celery's messages carry it as.
TASK_HEADER: Final = "comptroller_correlation_id"
LENGTH: Final = 64
_NAME: Final = "correlation_id"
_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{7,63}\Z")


def current_correlation_id() -> str:
    """The id of what is being done now; empty outside a request, a task and an event."""
    return str(get_contextvars().get(_NAME, ""))


def accepted_id(offered: str | None) -> str:
    """The id that was offered, if it is one, else a fresh one."""
    return offered if offered and _WELL_FORMED.match(offered) else new_id().hex


@contextmanager
def correlated(correlation_id: str) -> Iterator[None]:
    """
    Let everything in the block belong to this id: jobs, events, webhooks, and each line of the log.

    An empty one changes nothing.
    """
    if not correlation_id:
        yield
        return
    tokens = bind_contextvars(**{_NAME: correlation_id})
    try:
        yield
    finally:
        reset_contextvars(**tokens)
