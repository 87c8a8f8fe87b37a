"""
When a try follows a failed one, and when it is over. Pure.

The schedule that Standard Webhooks recommends: ten tries in about three days.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

# After the first, the second, … failed try.
PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MAX_ATTEMPTS: Final = len(PAUSES) + 1
# What waited longer than all of them behind others is tried once and not again.
PATIENCE: Final = sum(PAUSES, timedelta())
# A pause is its length, or up to so much longer: endpoints that failed together come back apart.
JITTER: Final = 0.2
# So many finished events without success end it for the endpoint.
FAILURES_TO_DISABLE: Final = 10


def pause_bounds(failed_attempts: int) -> tuple[timedelta, timedelta] | None:
    """The shortest and the longest pause after so many failed tries of an event; None: no more."""
    if failed_attempts >= MAX_ATTEMPTS:
        return None
    pause = PAUSES[failed_attempts - 1]
    return pause, pause * (1 + JITTER)


def pause_after(failed_attempts: int) -> timedelta | None:
    """How long to wait after so many failed tries of an event; None when it is given up."""
    bounds = pause_bounds(failed_attempts)
    if bounds is None:
        return None
    return bounds[0] + (bounds[1] - bounds[0]) * random.random()  # noqa: S311 -- only spreads load


def is_failing(outcomes: Sequence[bool]) -> bool:
    """Whether an endpoint is given up: its latest finished events, newest first, all failed."""
    latest = outcomes[:FAILURES_TO_DISABLE]
    return len(latest) == FAILURES_TO_DISABLE and not any(latest)
