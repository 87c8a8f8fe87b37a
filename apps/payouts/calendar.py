"""When scheduled payouts are due: at midnight UTC. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta


def next_payout_at(schedule: str, *, after: datetime) -> datetime | None:
    """
    The first moment of a schedule after `after`: each day, each Monday, or the first of a month.

    None where payouts are only made when asked for.
    """
    midnight = after.replace(hour=0, minute=0, second=0, microsecond=0)
    if schedule == "daily":
        return midnight + timedelta(days=1)
    if schedule == "weekly":
        return midnight + timedelta(days=7 - midnight.weekday())
    if schedule == "monthly":
        return (midnight.replace(day=1) + timedelta(days=32)).replace(day=1)
    return None
