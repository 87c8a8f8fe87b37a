"""What a discount takes off, as a value without a row. Amounts in minor units."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from apps.core.money import allocate, basis_points

FULL_BPS: Final = 10_000


class Duration(StrEnum):
    """For how many periods of a subscription it holds."""

    ONCE = "once"
    REPEATING = "repeating"
    FOREVER = "forever"


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentageDiscount:
    """`bps` hundredths of a percent of whatever it is applied to."""

    bps: int
    duration: Duration = Duration.ONCE

    def amount_off(self, amount: int, currency: str) -> int:
        """What is taken off `amount`, rounded half away from zero."""
        return basis_points(amount, self.bps)

    def amounts_off(self, amounts: Sequence[int], currency: str) -> list[int]:
        """
        What is taken off each of several amounts, each rounded for itself.

        The sum may differ by a few units from the discount on the whole.
        """
        return [self.amount_off(amount, currency) for amount in amounts]

    def is_applicable(self, currency: str) -> bool:
        """Always: a share of any currency is that currency."""
        return True

    @property
    def is_everything_forever(self) -> bool:
        """Whether nothing will ever be left to pay."""
        return self.bps == FULL_BPS and self.duration is Duration.FOREVER


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedDiscount:
    """A fixed amount in each currency it is offered in."""

    amounts: Mapping[str, int] = field(default_factory=dict)
    duration: Duration = Duration.ONCE

    def amount_off(self, amount: int, currency: str) -> int:
        """What is taken off `amount`: never more than it, nothing in another currency."""
        return min(self.amounts.get(currency, 0), amount)

    def amounts_off(self, amounts: Sequence[int], currency: str) -> list[int]:
        """What is taken off each of several amounts; together exactly the discount on the sum."""
        return allocate(self.amount_off(sum(amounts), currency), amounts)

    def is_applicable(self, currency: str) -> bool:
        """Only in a currency that it has an amount in."""
        return currency in self.amounts

    @property
    def is_everything_forever(self) -> bool:
        """Never: a price may outgrow a fixed amount."""
        return False


DiscountTerms = PercentageDiscount | FixedDiscount


def is_expired(
    *,
    duration: str,
    months: int | None,
    applied_at: datetime | None,
    period_start_at: datetime,
    anchor_day: int | None = None,
) -> bool:
    """
    Whether a discount first applied to the period of `applied_at` is over for a later one.

    Once means that first period. Repeating means calendar months, not periods: a yearly plan gets
    12 months once and 13 months twice. With the `anchor_day` of a subscription a short month in
    which it began costs no month at the end. Never applied, it is not over.
    """
    if applied_at is None or duration == Duration.FOREVER:
        return False
    if duration == Duration.ONCE:
        return period_start_at > applied_at
    return period_start_at > _months_later(applied_at, (months or 1) - 1, anchor_day)


def _months_later(at: datetime, months: int, anchor_day: int | None) -> datetime:
    """That many calendar months later, on the last day of a month that is too short."""
    start = at.astimezone(UTC)
    day = start.day
    if anchor_day is not None and day == _day_in(start.year, start.month, anchor_day):
        day = anchor_day
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return start.replace(year=year, month=month + 1, day=_day_in(year, month + 1, day))


def _day_in(year: int, month: int, day: int) -> int:
    return min(day, monthrange(year, month)[1])
