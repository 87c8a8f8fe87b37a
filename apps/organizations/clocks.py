"""Whose clock runs ahead: what a sweep has to know to find what is due by each clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from apps.organizations.models import Organization


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is for some organizations: one with a test clock, or all others (None)."""

    at: datetime
    organization_id: UUID | None = None


def clocks(at: datetime) -> list[Clock]:
    """
    The times it is when the machine's clock says `at`: one for everybody, and each test clock.

    Outside the sandbox that is one. A query for everybody must leave out the organizations that
    have a clock of their own: `organization__clock_offset=timedelta()`.
    """
    ahead = Organization.objects.filter(clock_offset__gt=timedelta(), deleted_at=None)
    own = [Clock(at + row.clock_offset, row.pk) for row in ahead.only("clock_offset")]
    return [Clock(at), *own]


def is_any_in_past() -> bool:
    """
    Whether some organization has yet to live through the time up to the present.

    Only the demo of a sandbox begins in the past.
    """
    behind = Organization.objects.filter(clock_offset__lt=timedelta(), deleted_at=None)
    return behind.exists()
