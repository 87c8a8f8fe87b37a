"""How long a trial lasts. Pure."""

from __future__ import annotations

from datetime import datetime

from apps.subscriptions.periods import add_interval


def trial_end(start_at: datetime, *, interval: str, count: int) -> datetime:
    """When a trial of `count` intervals ends that began at `start_at`, in plain calendar steps."""
    return add_interval(start_at, interval, count)
