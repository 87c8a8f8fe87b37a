"""The one place that reads the clock. Only interfaces call it; a lint keeps it so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

_pinned: ContextVar[datetime | None] = ContextVar("pinned_moment", default=None)


def system_time() -> datetime:
    """The machine's time, aware, UTC."""
    return timezone.now()


def moment(clock_offset: timedelta = timedelta()) -> datetime:
    """When something happens: the machine's time plus an organization's test clock, or `pinned`."""
    return _pinned.get() or system_time() + clock_offset


def clock_offset_of(record: Any) -> timedelta:
    """How far the test clock runs ahead that counts for a record: an organization, or its own."""
    owner = record if hasattr(record, "clock_offset") else getattr(record, "organization", None)
    offset: timedelta = getattr(owner, "clock_offset", timedelta())
    return offset


@contextmanager
def pinned(at: datetime) -> Iterator[None]:
    """
    Let everything that is built in this thread happen at `at`, jobs run within included.

    For the time machine of the sandbox, which lives through a year without waiting for it.
    """
    token = _pinned.set(at)
    try:
        yield
    finally:
        _pinned.reset(token)
