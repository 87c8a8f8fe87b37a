"""What a discount takes off, as a value without a row. Amounts in minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
