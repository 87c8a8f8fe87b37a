"""For which periods a discount of a subscription holds. Pure."""

from __future__ import annotations

from datetime import datetime

from apps.discounts.terms import Duration
from apps.subscriptions.periods import add_interval


def is_discount_over(
    *, duration: str, months: int | None, applied_at: datetime | None, period_start_at: datetime
) -> bool:
    """
    Whether a discount first applied to the period of `applied_at` no longer holds for another.

    A single one holds for that period, a repeating one for calendar months whatever the length of
    a period: a yearly plan has 12 months off once and 13 months off twice. One that was never
    applied is not over.
    """
    if applied_at is None or duration == Duration.FOREVER:
        return False
    if duration == Duration.ONCE:
        return period_start_at > applied_at
    return period_start_at > add_interval(applied_at, "month", (months or 1) - 1)
