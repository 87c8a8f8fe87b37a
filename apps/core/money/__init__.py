"""
Money arithmetic: rounding, splitting, currencies and display.

Amounts are integers in the minor unit of a lowercase ISO currency. Nothing here reads the
database or the clock, and nothing outside this package rounds, parses or formats an amount.
"""

from apps.core.money.allocation import allocate
from apps.core.money.currencies import (
    PRESENTMENT_CURRENCIES,
    decimal_factor,
    exponent,
    is_currency,
    is_presentment_currency,
    maximum_amount,
    minimum_amount,
    presentment_currency,
)
from apps.core.money.formatting import format_amount, to_major, to_minor
from apps.core.money.rounding import (
    basis_points,
    round_half_away,
    round_half_even,
    truncate,
)

__all__ = [
    "PRESENTMENT_CURRENCIES",
    "allocate",
    "basis_points",
    "decimal_factor",
    "exponent",
    "format_amount",
    "is_currency",
    "is_presentment_currency",
    "maximum_amount",
    "minimum_amount",
    "presentment_currency",
    "round_half_away",
    "round_half_even",
    "to_major",
    "to_minor",
    "truncate",
]
