"""Which amounts a price may have. Each rule gives the first problem, or None."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from apps.catalog.tiers import InvalidTiers, Tier, validate_tiers
from apps.core.money import format_amount, maximum_amount, minimum_amount

UNIT_NAME_LENGTH: Final = 32
_UNIT_FORMS: Final = frozenset({"=1", "other"})


@dataclass(frozen=True, slots=True)
class PriceProblem:
    """What is wrong with one field; `kind` is its type on the wire."""

    field: str
    kind: str
    message: str
    value: Any


def fixed_price_problem(amount: int, currency: str) -> PriceProblem | None:
    """A fixed price is free, or within what can be charged in the currency."""
    return _amount_problem("price_amount", amount, currency)


def custom_price_problem(
    *,
    minimum: int,
    maximum: int | None,
    preset: int | None,
    currency: str,
) -> PriceProblem | None:
    """Each bound is free or chargeable, and they leave the buyer a choice."""
    named = (("minimum_amount", minimum), ("maximum_amount", maximum), ("preset_amount", preset))
    for field, amount in named:
        if amount is not None and (problem := _amount_problem(field, amount, currency)):
            return problem
    if maximum is not None and maximum < minimum:
        return PriceProblem(
            "maximum_amount", "value_error", "The maximum is below the minimum.", maximum
        )
    if preset is not None:
        return _bounds_problem("preset_amount", preset, minimum, maximum, currency)
    return None


def custom_amount_problem(
    amount: int, *, minimum: int, maximum: int | None, currency: str
) -> PriceProblem | None:
    """
    The buyer's own amount keeps to the price's bounds and to what can be charged.

    Free is allowed when the minimum is 0; what lies between free and the smallest charge is not.
    """
    return _bounds_problem("amount", amount, minimum, maximum, currency) or _amount_problem(
        "amount", amount, currency
    )


def quantity_price_problem(
    tiers: Sequence[Tier],
    *,
    minimum_units: int | None,
    unit_label: Mapping[str, Mapping[str, str]] | None,
) -> PriceProblem | None:
    """Tiers cover every quantity once, at whole rates; the smallest purchase is one they price."""
    try:
        ordered = validate_tiers(tiers)
    except InvalidTiers as error:
        return PriceProblem("tiers", "value_error", str(error), None)
    if any(tier.unit_amount != tier.unit_amount.to_integral_value() for tier in ordered):
        return PriceProblem("tiers", "value_error", "Rates are whole minor units.", None)
    last = ordered[-1].maximum
    if minimum_units is not None and last is not None and minimum_units > last:
        return PriceProblem(
            "minimum_units", "value_error", "The smallest purchase has no price.", minimum_units
        )
    return _unit_label_problem(unit_label or {})


def _unit_label_problem(unit_label: Mapping[str, Mapping[str, str]]) -> PriceProblem | None:
    for language, names in unit_label.items():
        if "other" not in names or not names.keys() <= _UNIT_FORMS:
            message = f"A unit needs a name for 'other', and may have one for '=1' ({language})."
            return PriceProblem("unit_label", "value_error", message, None)
        if any(not 0 < len(name.strip()) <= UNIT_NAME_LENGTH for name in names.values()):
            message = f"The name of a unit has 1 to {UNIT_NAME_LENGTH} characters."
            return PriceProblem("unit_label", "value_error", message, None)
    return None


def _bounds_problem(
    field: str, amount: int, minimum: int, maximum: int | None, currency: str
) -> PriceProblem | None:
    if amount < minimum:
        return _too_small(field, amount, minimum, currency, kind="greater_than_equal")
    if maximum is not None and amount > maximum:
        return _too_large(field, amount, maximum, currency)
    return None


def _amount_problem(field: str, amount: int, currency: str) -> PriceProblem | None:
    if amount < 0:
        return _too_small(field, amount, 0, currency, kind="greater_than_equal")
    if 0 < amount < (minimum := minimum_amount(currency)):
        return _too_small(field, amount, minimum, currency, kind="minimum_price")
    if amount > (maximum := maximum_amount(currency)):
        return _too_large(field, amount, maximum, currency)
    return None


def _too_small(field: str, amount: int, minimum: int, currency: str, *, kind: str) -> PriceProblem:
    text = format_amount(minimum, currency)
    return PriceProblem(field, kind, f"The amount must be at least {text}.", amount)


def _too_large(field: str, amount: int, maximum: int, currency: str) -> PriceProblem:
    text = format_amount(maximum, currency)
    return PriceProblem(field, "less_than_equal", f"The amount must be at most {text}.", amount)
