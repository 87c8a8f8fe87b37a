"""Prices that depend on how many are bought. Pure; amounts in minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import ClassVar

from apps.core.errors import DomainError


class TierType(StrEnum):
    """How a quantity meets the tiers."""

    # The whole quantity at the rate of the tier it falls in.
    VOLUME = "volume"
    # Each slice of the quantity at the rate of its own tier.
    GRADUATED = "graduated"


class InvalidQuantityError(DomainError):
    """No tier has a price for so many."""

    status: ClassVar[int] = 422
    message: ClassVar[str] = "There is no price for this quantity."


class NonIntegralAmountError(DomainError):
    """The tiers give a fraction of a minor unit, which no valid tiers do."""

    status: ClassVar[int] = 500
    message: ClassVar[str] = "The price of this quantity is not a whole amount."


class InvalidTiers(ValueError):
    """The tiers leave a quantity without a price, or with two."""


@dataclass(frozen=True, slots=True)
class Tier:
    """From `minimum` to `maximum` (None: no end), each at `unit_amount`."""

    minimum: int
    maximum: int | None
    unit_amount: Decimal


def flat(unit_amount: Decimal) -> tuple[Tier, ...]:
    """One tier for any quantity."""
    return (Tier(1, None, unit_amount),)


def validate_tiers(tiers: Sequence[Tier]) -> tuple[Tier, ...]:
    """
    The tiers in rising order; they may be given in any.

    :raises InvalidTiers: if there is none, they overlap or leave a gap, an open end is not
        the last, a bound is below one or before its start, or a rate is negative.
    """
    ordered = tuple(sorted(tiers, key=lambda tier: tier.minimum))
    if not ordered:
        raise InvalidTiers("At least one tier is needed.")
    if ordered[0].minimum < 1:
        raise InvalidTiers("Tiers start at one or later.")
    for tier in ordered:
        if tier.maximum is not None and tier.maximum < tier.minimum:
            raise InvalidTiers("A tier cannot end before it starts.")
        if tier.unit_amount < 0:
            raise InvalidTiers("A rate cannot be negative.")
    for tier, following in pairwise(ordered):
        if tier.maximum is None:
            raise InvalidTiers("Only the last tier may be open.")
        if following.minimum != tier.maximum + 1:
            raise InvalidTiers("Tiers must follow each other without gap or overlap.")
    return ordered


def first_minimum(tiers: Sequence[Tier]) -> int:
    """The smallest quantity that can be bought."""
    return min(tier.minimum for tier in tiers)


def tier_amount(tier_type: TierType, tiers: Sequence[Tier], quantity: int) -> int:
    """
    The price of `quantity`. Nothing costs nothing.

    :raises InvalidQuantityError: if it is negative or no tier covers it.
    :raises NonIntegralAmountError: if the rates do not add up to whole minor units.
    """
    if quantity < 0:
        raise InvalidQuantityError
    if quantity == 0:
        return 0
    ordered = sorted(tiers, key=lambda tier: tier.minimum)
    total = (
        _volume_total(ordered, quantity)
        if tier_type == TierType.VOLUME
        else _graduated_total(ordered, quantity)
    )
    if total != total.to_integral_value():
        raise NonIntegralAmountError
    return int(total)


def _volume_total(tiers: Sequence[Tier], quantity: int) -> Decimal:
    for tier in tiers:
        if tier.minimum <= quantity and (tier.maximum is None or quantity <= tier.maximum):
            return quantity * tier.unit_amount
    raise InvalidQuantityError


def _graduated_total(tiers: Sequence[Tier], quantity: int) -> Decimal:
    # The first slice counts from one even when the smallest purchase is larger: the minimum
    # says how many must be bought, not that the ones before it are free.
    total = Decimal(0)
    priced = 0
    for tier in tiers:
        end = quantity if tier.maximum is None else min(quantity, tier.maximum)
        total += (end - priced) * tier.unit_amount
        priced = end
        if priced == quantity:
            return total
    raise InvalidQuantityError
