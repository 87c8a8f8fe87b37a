"""Which prices a product may have together, as pure rules; every problem is located."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from apps.catalog.inputs import PriceInput
from apps.catalog.price_rules import (
    PriceProblem,
    custom_price_problem,
    fixed_price_problem,
    quantity_price_problem,
)
from apps.core.errors import Problem, ValidationFailed
from apps.core.money import is_presentment_currency, minimum_amount

Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One price of the resulting set, and where it stands in the input."""

    kind: str
    currency: str
    index: int
    tax_behavior: str | None = None


def completed_price(price: PriceInput, default_currency: str) -> PriceInput:
    """The price with currency and minimum at their defaults."""
    currency = (price.currency or default_currency).lower()
    minimum = price.minimum_amount
    if price.kind == "custom" and minimum is None:
        minimum = minimum_amount(currency)
    return replace(price, currency=currency, minimum_amount=minimum)


def price_problem(price: PriceInput, *loc: str | int) -> Problem | None:
    """What is wrong with one (completed) price by itself."""
    currency = price.currency or ""
    if not is_presentment_currency(currency):
        return _problem((*loc, "price_currency"), "Buyers cannot pay in this currency.", currency)
    problem = _problem_of(price, currency)
    if problem is None:
        return None
    return {
        "loc": [*loc, problem.field],
        "msg": problem.message,
        "type": problem.kind,
        "input": problem.value,
    }


def _problem_of(price: PriceInput, currency: str) -> PriceProblem | None:
    if price.kind == "fixed":
        return fixed_price_problem(price.fixed_amount or 0, currency)
    if price.kind == "custom":
        return custom_price_problem(
            minimum=price.minimum_amount or 0,
            maximum=price.maximum_amount,
            preset=price.preset_amount,
            currency=currency,
        )
    return quantity_price_problem(
        price.tiers, minimum_units=price.minimum_units, unit_label=price.unit_label
    )


def require_whole_set(lines: Sequence[PriceLine], default_currency: str, *, loc: Loc) -> None:
    """
    Pass if the prices make one offer in each currency, with the same structure everywhere.

    A currency has at most one price of a kind, a custom price stands alone, seats and units
    exclude each other, and all its prices share one tax behaviour.

    :raises ValidationFailed: for what breaks a rule, with no price at all, or none in the default
        currency.
    """
    if not lines:
        raise ValidationFailed([_problem(loc, "At least one price is needed.", [], "too_short")])
    kinds: dict[str, list[PriceLine]] = defaultdict(list)
    for line in lines:
        kinds[line.currency].append(line)
    problems: list[Problem] = []
    for currency, offered in kinds.items():
        problems += _composition_problems(currency, offered, loc)
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


def _composition_problems(currency: str, offered: Sequence[PriceLine], loc: Loc) -> list[Problem]:
    problems: list[Problem] = []
    seen: list[PriceLine] = []
    for line in offered:
        clash = next((other for other in seen if _excludes(line.kind, other.kind)), None)
        if clash is not None:
            message = (
                f"There can be one {line.kind} price in {currency}."
                if clash.kind == line.kind
                else f"A {line.kind} price cannot stand beside a {clash.kind} price in {currency}."
            )
            problems.append(_problem((*loc, line.index), message, None))
        elif seen and seen[0].tax_behavior != line.tax_behavior:
            message = f"All prices in {currency} need the same tax behaviour."
            problems.append(_problem((*loc, line.index, "tax_behavior"), message, None))
        seen.append(line)
    return problems


def _excludes(one: str, other: str) -> bool:
    if one == other or "custom" in (one, other):
        return True
    return {one, other} == {"seat", "unit"}


def _problem(loc: Loc, message: str, value: Any, kind: str = "value_error") -> Problem:
    return {"loc": list(loc), "msg": message, "type": kind, "input": value}
