"""What a fixed amount is in another currency, as a merchant would have chosen it. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apps.core.money import decimal_factor, round_half_away, to_major

# The step that an amount is rounded to is at most this part of it.
_PRECISION: Final = Decimal(20)


def converted(amount: int, source: str, target: str, rate: Decimal) -> int:
    """
    Minor units of `source` as a round number of minor units of `target`.

    `rate` is between major units. Rounded to a multiple of `step_of`, so at most 2.5 % off; what
    is worth something stays at least one minor unit.
    """
    exact = to_major(amount, source) * rate * decimal_factor(target)
    step = step_of(exact)
    return max(int(amount > 0), round_half_away(exact / step) * step)


def step_of(exact: Decimal) -> int:
    """The largest of 1, 5, 10, 50, 100, … that is at most a twentieth of the amount; at least 1."""
    step, is_five_next = 1, True
    while (larger := step * (5 if is_five_next else 2)) * _PRECISION <= exact:
        step, is_five_next = larger, not is_five_next
    return step
