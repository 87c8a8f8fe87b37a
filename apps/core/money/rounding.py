"""
The three ways a fraction of a minor unit becomes a whole one.

========================  =====================================================
`round_half_away`         everything that has no rule of its own: percentages,
                          usage, discounts, fees, exchange rates
`round_half_even`         prorations of a product change, the tax share of a
                          refund, single lines of a tax breakdown
`truncate`                prorations of a seat or unit change, the share of a
                          sale that a refund takes back from the merchant
========================  =====================================================

The mix is deliberate: each place rounds as the Polar API does, so that amounts agree to the
last unit. A float is refused, because it has already lost the digit that decides a tie.
"""

from decimal import Decimal
from fractions import Fraction

Exact = int | Decimal | Fraction


def round_half_away(value: Exact) -> int:
    """The nearest whole number; a tie goes away from zero (0.5 -> 1, -0.5 -> -1)."""
    exact = _exact(value)
    # floor(x + 1/2) on the absolute value keeps the two signs symmetrical.
    magnitude = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return -magnitude if exact < 0 else magnitude


def round_half_even(value: Exact) -> int:
    """The nearest whole number; a tie goes to the even neighbour (0.5 -> 0, 1.5 -> 2)."""
    return round(_exact(value))


def truncate(value: Exact) -> int:
    """The whole part, dropping any fraction towards zero (1.9 -> 1, -1.9 -> -1)."""
    exact = _exact(value)
    magnitude = abs(exact.numerator) // exact.denominator
    return -magnitude if exact < 0 else magnitude


def basis_points(amount: int, bps: int) -> int:
    """`bps` hundredths of a percent of `amount`, rounded half away from zero."""
    return round_half_away(Fraction(amount * bps, 10_000))


def _exact(value: Exact) -> Fraction:
    # bool is an int to Python but never a sum of money.
    if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction):
        raise TypeError(f"money is rounded from exact numbers, not {type(value).__name__}")
    return Fraction(value)
