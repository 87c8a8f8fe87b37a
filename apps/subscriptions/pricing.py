"""What a subscription costs in one period. Pure; amounts in minor units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apps.catalog.pricing import (
    CustomTerms,
    FixedTerms,
    MeteredTerms,
    PriceTerms,
    Selection,
    upfront_amount,
)
from apps.discounts.terms import DiscountTerms


def price_amount(
    terms: PriceTerms, *, seats: int | None, units: int | None, chosen_amount: int | None = None
) -> int:
    """
    What one price comes to, before the discount.

    `chosen_amount` is what the buyer decided on, where the price leaves that to them.

    :raises InvalidQuantityError: if no tier has a price for so many.
    """
    return upfront_amount((terms,), Selection(amount=chosen_amount, seats=seats, units=units))


def recurring_amount(amounts: Sequence[int], discount: DiscountTerms | None, currency: str) -> int:
    """The prices of one period together, less the discount on their sum."""
    total = sum(amounts)
    return total - discount.amount_off(total, currency) if discount else total


def is_static(terms: PriceTerms) -> bool:
    """Whether the amount is known when a period begins; usage is not."""
    return not isinstance(terms, MeteredTerms)


def is_free_of_charge(prices: Iterable[PriceTerms]) -> bool:
    """Whether nothing is ever due: no fixed amount, no usage, every seat and unit for nothing."""
    return all(_is_free(terms) for terms in prices)


def _is_free(terms: PriceTerms) -> bool:
    match terms:
        case FixedTerms():
            return terms.amount == 0
        case CustomTerms() | MeteredTerms():
            return False
        case _:
            return all(tier.unit_amount == 0 for tier in terms.tiers)
