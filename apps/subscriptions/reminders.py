"""When customers are reminded of what is about to be charged. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

RENEWAL_LEAD: Final = timedelta(days=7)
# From this many on, a period is long enough to be forgotten.
_LONG_PERIODS: Final = {"day": 180, "week": 25, "month": 6, "year": 1}
# The shortest trial that a lead belongs to, and the lead; the longest first.
_TRIAL_LEADS: Final = (
    (timedelta(days=3), timedelta(days=3)),
    (timedelta(days=1), timedelta(days=1)),
)


def renewal_reminder_at(*, interval: str, count: int, period_end_at: datetime) -> datetime | None:
    """A week before the renewal; None for periods under half a year or so."""
    if count < _LONG_PERIODS[interval]:
        return None
    return period_end_at - RENEWAL_LEAD


def trial_reminder_at(*, trial_start_at: datetime, trial_end_at: datetime) -> datetime | None:
    """Three days before a trial ends, one day where it is short, None under a day."""
    length = trial_end_at - trial_start_at
    for shortest, lead in _TRIAL_LEADS:
        if length >= shortest:
            return trial_end_at - lead
    return None


def is_reminder_due(reminder_at: datetime | None, *, event_at: datetime, at: datetime) -> bool:
    """Whether the reminder of `event_at` may go out at `at`: not before its time, not too late."""
    return reminder_at is not None and reminder_at <= at < event_at
