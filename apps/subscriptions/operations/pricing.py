"""Keeping the amounts of a subscription in step with its prices, quantities and discount."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from apps.catalog.models import Price
from apps.catalog.pricing import Selection, completed
from apps.catalog.selectors import terms_of
from apps.discounts.models import Discount
from apps.discounts.selectors import terms_of as discount_terms
from apps.subscriptions.models import Subscription, SubscriptionPrice
from apps.subscriptions.pricing import price_amount, recurring_amount
from apps.tax.behavior import change_amount, net_from_charge


def lines_for(
    prices: Sequence[Price], *, seats: int | None, units: int | None, chosen_amount: int | None
) -> tuple[list[SubscriptionPrice], Selection]:
    """
    Unsaved rows for `prices` with their amounts, and the selection they were computed for.

    An open number of seats or units is the smallest that is sold.

    :raises InvalidQuantityError: for a number without a price.
    """
    terms = [terms_of(price) for price in prices]
    chosen = completed(terms, Selection(amount=chosen_amount, seats=seats, units=units))
    rows = [
        SubscriptionPrice(
            price=price,
            position=position,
            amount=price_amount(
                one, seats=chosen.seats, units=chosen.units, chosen_amount=chosen.amount
            ),
        )
        for position, (price, one) in enumerate(zip(prices, terms, strict=True))
    ]
    return rows, chosen


def write_lines(subscription: Subscription, rows: Iterable[SubscriptionPrice]) -> None:
    """Make `rows` the prices of the subscription, in place of those it has."""
    SubscriptionPrice.objects.filter(subscription=subscription).delete()
    kept = list(rows)
    for row in kept:
        row.subscription = subscription
    SubscriptionPrice.objects.bulk_create(kept)


def amount_values(
    subscription: Subscription, amounts: Sequence[int], discount: Discount | None
) -> dict[str, Any]:
    """`amount` and `net_amount` that follow; the share of tax stays what it was."""
    amount = recurring_amount(
        amounts, discount_terms(discount) if discount else None, subscription.currency
    )
    net = change_amount(
        amount=subscription.amount, net_amount=subscription.net_amount, new_amount=amount
    )
    return {"amount": amount, "net_amount": net}


def net_value(
    subscription: Subscription, *, behavior: str | None, net_amount: int, tax_amount: int
) -> int:
    """The net part of the recurring amount, learned from what a charge contained."""
    return net_from_charge(
        amount=subscription.amount,
        net_amount=subscription.net_amount,
        behavior=behavior,
        charged_net_amount=net_amount,
        charged_tax_amount=tax_amount,
    )
