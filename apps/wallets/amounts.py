"""How a balance meets the total of an order. Pure; amounts in minor units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """
    What an order takes from a balance.

    `applied_balance_amount` is negative where credit is used and positive where a debt is
    collected; `movement_amount` is what the balance itself changes by.
    """

    applied_balance_amount: int
    due_amount: int
    movement_amount: int


def apply_balance(total_amount: int, balance: int) -> Application:
    """
    Meet `total_amount` of an order with `balance`.

    Credit is used up to the total, a debt is collected on top of it. A total below zero becomes
    credit as a whole; what of it pays off a debt is shown as applied.
    """
    if total_amount >= 0:
        applied = -min(total_amount, balance)
        movement = applied
    else:
        applied = min(-total_amount, max(0, -balance))
        movement = -total_amount
    return Application(
        applied_balance_amount=applied,
        due_amount=max(0, total_amount + applied),
        movement_amount=movement,
    )


def unearned_amount(balance: int, due_amount: int) -> int:
    """The part of a credit that stands against `due_amount`, which nobody will pay any more."""
    return min(max(0, balance), due_amount)
