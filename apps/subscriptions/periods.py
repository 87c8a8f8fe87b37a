"""
Where billing periods begin and end. Pure; all times are taken and given in UTC.

A period runs from one boundary up to the next. Days and weeks are simply added. Months and years
keep the anchor day, the day of the month on which periods begin: where a month is too short it
gives way to the last day, and comes back in the next month that has it. The time of day is that
of the first boundary for ever, since UTC knows no daylight saving.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_MONTHS_OF: Final = {"month": 1, "year": 12}
_DAYS_OF: Final = {"day": 1, "week": 7}
_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From `start_at` up to, but without, `end_at`."""

    start_at: datetime
    end_at: datetime


def add_interval(start_at: datetime, interval: str, count: int) -> datetime:
    """
    `count` days, weeks, months or years later, on the last day of a month that is too short.

    :raises ValueError: if there is no such interval, or the calendar ends before.
    """
    start = start_at.astimezone(UTC)
    if interval in _DAYS_OF:
        try:
            return start + timedelta(days=_DAYS_OF[interval] * count)
        except OverflowError as error:
            raise ValueError("beyond the end of the calendar") from error
    if interval not in _MONTHS_OF:
        raise ValueError(f"there is no interval {interval!r}")
    months = start.year * 12 + start.month - 1 + _MONTHS_OF[interval] * count
    year, month = months // 12, months % 12 + 1
    return start.replace(year=year, month=month, day=_day_in(year, month, start.day))


def next_boundary(start_at: datetime, *, interval: str, count: int, anchor_day: int) -> datetime:
    """
    The end of the period that begins at `start_at`.

    It always lies later; after a start that was moved off the anchor the end is back on it.
    """
    end = add_interval(start_at, interval, count)
    if interval in _DAYS_OF:
        return end
    return end.replace(day=_day_in(end.year, end.month, anchor_day))


def next_period(start_at: datetime, *, interval: str, count: int, anchor_day: int) -> Period:
    """The period that begins at `start_at`."""
    start = start_at.astimezone(UTC)
    return Period(
        start, next_boundary(start, interval=interval, count=count, anchor_day=anchor_day)
    )


def first_period(start_at: datetime, *, interval: str, count: int) -> Period:
    """A period that begins afresh: its start sets the anchor (see `anchor_of`)."""
    return next_period(start_at, interval=interval, count=count, anchor_day=anchor_of(start_at))


def ended_at(start_at: datetime, at: datetime) -> datetime:
    """The end of a period that is cut short at `at`: a moment after its start at the earliest."""
    return max(at, start_at + _MOMENT)


def anchor_of(at: datetime) -> int:
    """The anchor day that a boundary at `at` sets."""
    return at.astimezone(UTC).day


def _day_in(year: int, month: int, day: int) -> int:
    return min(day, monthrange(year, month)[1])
