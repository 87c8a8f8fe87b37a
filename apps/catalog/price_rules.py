"""Which amounts a price may have. Each rule gives the first problem, or None."""

from dataclasses import dataclass

from apps.core.money import format_amount, maximum_amount, minimum_amount


@dataclass(frozen=True, slots=True)
class PriceProblem:
    """What is wrong with one field; `kind` is its type on the wire."""

    field: str
    kind: str
    message: str
    value: int


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
