"""Which prices a product may have together, as pure rules; every problem is located."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.catalog.inputs import PriceInput
from apps.catalog.price_rules import custom_price_problem, fixed_price_problem
from apps.core.errors import Problem, ValidationFailed
from apps.core.money import is_presentment_currency, minimum_amount

Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One price of the resulting set, and where it stands in the input."""

    kind: str
    currency: str
    index: int


def completed_price(price: PriceInput, default_currency: str) -> PriceInput:
    """The price with currency and minimum at their defaults."""
    currency = (price.currency or default_currency).lower()
    minimum = price.minimum_amount
    if price.kind == "custom" and minimum is None:
        minimum = minimum_amount(currency)
    return PriceInput(
        kind=price.kind,
        currency=currency,
        tax_behavior=price.tax_behavior,
        fixed_amount=price.fixed_amount,
        minimum_amount=minimum,
        maximum_amount=price.maximum_amount,
        preset_amount=price.preset_amount,
    )


def price_problem(price: PriceInput, *loc: str | int) -> Problem | None:
    """What is wrong with one (completed) price by itself."""
    currency = price.currency or ""
    if not is_presentment_currency(currency):
        return _problem((*loc, "price_currency"), "Buyers cannot pay in this currency.", currency)
    if price.kind == "fixed":
        problem = fixed_price_problem(price.fixed_amount or 0, currency)
    else:
        problem = custom_price_problem(
            minimum=price.minimum_amount or 0,
            maximum=price.maximum_amount,
            preset=price.preset_amount,
            currency=currency,
        )
    if problem is None:
        return None
    return {
        "loc": [*loc, problem.field],
        "msg": problem.message,
        "type": problem.kind,
        "input": problem.value,
    }


def require_whole_set(lines: Sequence[PriceLine], default_currency: str, *, loc: Loc) -> None:
    """
    Pass if the prices make one offer in each currency, with the same structure everywhere.

    :raises ValidationFailed: with no price, two prices of a kind in a currency, a custom price
        beside a fixed one, a structure that differs, or none in the default currency.
    """
    if not lines:
        raise ValidationFailed([_problem(loc, "At least one price is needed.", [], "too_short")])
    kinds: dict[str, list[PriceLine]] = defaultdict(list)
    for line in lines:
        kinds[line.currency].append(line)
    problems: list[Problem] = []
    for currency, offered in kinds.items():
        problems += [
            _problem(
                (*loc, line.index), f"There can be one fixed or custom price in {currency}.", None
            )
            for line in offered[1:]
        ]
    if default_currency not in kinds:
        problems.append(
            _problem(loc, f"A price in the default currency, {default_currency}, is needed.", None)
        )
    structures = {
        currency: sorted(line.kind for line in offered) for currency, offered in kinds.items()
    }
    reference = structures.get(default_currency) or next(iter(structures.values()))
    problems += [
        _problem(
            (*loc, kinds[currency][0].index),
            "Every currency must have the same kinds of prices.",
            None,
        )
        for currency, structure in structures.items()
        if structure != reference
    ]
    if problems:
        raise ValidationFailed(problems)


def _problem(loc: Loc, message: str, value: Any, kind: str = "value_error") -> Problem:
    return {"loc": list(loc), "msg": message, "type": kind, "input": value}
