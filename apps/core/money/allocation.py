"""Splitting one amount into whole parts without losing or inventing a unit."""

from collections.abc import Sequence
from fractions import Fraction

from apps.core.money.rounding import Exact, truncate


def allocate(total: int, weights: Sequence[Exact]) -> list[int]:
    """
    Parts of `total`, one per weight and in proportion to it, that add up to `total` exactly.

    Each part is its exact share cut to whole units; the units left over go one each to the
    shares that lost the most, the earlier one first when two lost the same. A negative total
    gives the negated parts of the positive one, and a zero weight gets nothing.

    :raises ValueError: if a weight is negative, or nothing carries a total that is not zero.
    """
    shares = [Fraction(weight) for weight in weights]
    if any(share < 0 for share in shares):
        raise ValueError("a weight cannot be negative")
    whole = sum(shares, Fraction(0))
    if whole == 0:
        if total:
            raise ValueError("no weight to carry the total")
        return [0] * len(shares)

    sign = -1 if total < 0 else 1
    exact = [abs(total) * share / whole for share in shares]
    parts = [truncate(part) for part in exact]
    left_over = abs(total) - sum(parts)
    # sorted() is stable, so equal remainders keep the order of the weights.
    by_loss = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for index in by_loss[:left_over]:
        parts[index] += 1
    return [sign * part for part in parts]
