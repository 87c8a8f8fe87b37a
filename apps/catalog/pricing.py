"""
What a product costs before discount and tax, as pure values.

A product has one list of terms per currency. Amounts are minor units of that currency;
`unit_amount` may be a fraction of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from apps.catalog.tiers import Tier, TierType, first_minimum, tier_amount
from apps.core.errors import DomainError


class MissingQuantityError(DomainError):
    """The price is per seat or unit and nobody said how many."""

    status: ClassVar[int] = 422
    message: ClassVar[str] = "A quantity is needed for this price."


@dataclass(frozen=True, slots=True)
class FixedTerms:
    """One amount for everyone; 0 is a free price."""

    amount: int


@dataclass(frozen=True, slots=True)
class CustomTerms:
    """The buyer decides, from `minimum_amount` up to `maximum_amount` where there is one."""

    minimum_amount: int
    maximum_amount: int | None = None
    preset_amount: int | None = None

    def chosen(self, amount: int | None) -> int:
        """The buyer's amount, else the preset (0 counts), else the minimum."""
        if amount is not None:
            return amount
        return self.minimum_amount if self.preset_amount is None else self.preset_amount


@dataclass(frozen=True, slots=True)
class SeatTerms:
    """So much per seat, by tiers; the first tier's minimum is the smallest purchase."""

    tier_type: TierType
    tiers: tuple[Tier, ...]

    @property
    def minimum(self) -> int:
        """How many seats must be bought at least."""
        return first_minimum(self.tiers)


@dataclass(frozen=True, slots=True)
class UnitTerms:
    """So much per unit, by tiers; `minimum_units` is the smallest purchase, else one."""

    tier_type: TierType
    tiers: tuple[Tier, ...]
    minimum_units: int | None = None

    @property
    def minimum(self) -> int:
        """How many units must be bought at least."""
        return self.minimum_units or 1


@dataclass(frozen=True, slots=True)
class MeteredTerms:
    """So much per unit used, billed afterwards and never more than `cap_amount` a period."""

    unit_amount: Decimal
    cap_amount: int | None = None


PriceTerms = FixedTerms | CustomTerms | SeatTerms | UnitTerms | MeteredTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the buyer chose; None is a choice not made."""

    amount: int | None = None
    seats: int | None = None
    units: int | None = None


NOTHING_SELECTED = Selection()


def completed(
    prices: Sequence[PriceTerms], selection: Selection, *, strict: bool = False
) -> Selection:
    """
    The selection with every open choice at its default, and without choices nobody offered.

    :raises MissingQuantityError: with `strict`, for a price per seat or unit without a number.
    """
    amount: int | None = None
    seats: int | None = None
    units: int | None = None
    for terms in prices:
        if isinstance(terms, CustomTerms):
            amount = terms.chosen(selection.amount)
        elif isinstance(terms, SeatTerms):
            seats = _quantity(selection.seats, terms.minimum, strict)
        elif isinstance(terms, UnitTerms):
            units = _quantity(selection.units, terms.minimum, strict)
    return Selection(amount=amount, seats=seats, units=units)


def upfront_amount(prices: Sequence[PriceTerms], selection: Selection) -> int:
    """
    What is due at purchase: fixed, custom, seats and units together; usage comes later.

    :raises InvalidQuantityError: for a number of seats or units that has no price.
    """
    chosen = completed(prices, selection)
    return sum(_upfront(terms, chosen) for terms in prices)


def is_free(prices: Sequence[PriceTerms]) -> bool:
    """Whether nothing is ever due, whatever the buyer chooses."""
    return all(isinstance(terms, FixedTerms) and terms.amount == 0 for terms in prices)


def is_metered(prices: Sequence[PriceTerms]) -> bool:
    """Whether usage will be billed."""
    return any(isinstance(terms, MeteredTerms) for terms in prices)


def custom_terms(prices: Sequence[PriceTerms]) -> CustomTerms | None:
    """The price that the buyer decides, if there is one."""
    return next((terms for terms in prices if isinstance(terms, CustomTerms)), None)


def seat_terms(prices: Sequence[PriceTerms]) -> SeatTerms | None:
    """The price per seat, if there is one."""
    return next((terms for terms in prices if isinstance(terms, SeatTerms)), None)


def _upfront(terms: PriceTerms, chosen: Selection) -> int:
    match terms:
        case FixedTerms():
            return terms.amount
        case CustomTerms():
            return terms.chosen(chosen.amount)
        case SeatTerms():
            return tier_amount(terms.tier_type, terms.tiers, chosen.seats or 0)
        case UnitTerms():
            return tier_amount(terms.tier_type, terms.tiers, chosen.units or 0)
        case MeteredTerms():
            return 0


def _quantity(chosen: int | None, minimum: int, strict: bool) -> int:
    if chosen is not None:
        return chosen
    if strict:
        raise MissingQuantityError
    return minimum
