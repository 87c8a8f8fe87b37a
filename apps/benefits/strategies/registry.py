"""Which strategy stands behind which type."""

from __future__ import annotations

from apps.benefits.strategies.base import Strategy

_strategies: dict[str, Strategy] = {}


def register(benefit_type: str, strategy: Strategy) -> None:
    """Have benefits of this type granted by `strategy`; the last registration holds."""
    _strategies[benefit_type] = strategy


def strategy_of(benefit_type: str) -> Strategy:
    """
    The strategy of the type.

    :raises LookupError: nobody registered one.
    """
    found = _strategies.get(benefit_type)
    if found is None:
        raise LookupError(f"No strategy grants benefits of type {benefit_type!r}.")
    return found


def types() -> list[str]:
    """Every type that can be granted, in the order of registration."""
    return list(_strategies)
