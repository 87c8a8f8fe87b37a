"""
What waits for a moment, asked of every app without knowing them.

An app registers a timer in its `AppConfig.ready()` for each kind of thing that becomes due: the
end of a period, the next try of a charge, a reminder. Its own sweep finds the same things by the
machine's clock; the time machine of the sandbox merges the timers of all apps and lives through
them in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.core.origin import Origin


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """
    One thing to be done at `at`.

    Things of one `lane` (a customer, say) are done one after the other; lanes do not wait for
    each other.
    """

    at: datetime
    subject_id: UUID
    lane: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """
    One kind of thing that becomes due.

    `due(organization_id, until)` lists what becomes due up to and including `until`, overdue
    things included, at most a few thousand at once; the earliest first.
    `run(subject_id, origin)` does one of them as of `origin.at`; doing it twice, or when it is no
    longer due, does no harm. `rank` orders kinds that are due at the same moment, lowest first.
    """

    name: str
    due: Callable[[UUID, datetime], Iterable[Due]]
    run: Callable[[UUID, Origin], object]
    rank: int = 50


_timers: dict[str, Timer] = {}


def register_timer(timer: Timer) -> None:
    """Have `timer` asked from now on; a name is registered once."""
    _timers[timer.name] = timer


def timers() -> list[Timer]:
    """Every timer, in the order in which things of the same moment are done."""
    return sorted(_timers.values(), key=lambda timer: (timer.rank, timer.name))
