"""What a product costs a subscription, and whether its numbers of seats and units fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.catalog.models import Price, Product
from apps.catalog.pricing import CustomTerms, PriceTerms, SeatTerms, UnitTerms
from apps.catalog.selectors import listed_prices, terms_of
from apps.core.errors import ValidationFailed
from apps.subscriptions.errors import (
    AboveMaximumSeats,
    AboveMaximumUnits,
    BelowMinimumSeats,
    BelowMinimumUnits,
)
from apps.subscriptions.models import Subscription
from apps.subscriptions.pricing import price_amount
from apps.subscriptions.proration import PricedLine
from apps.subscriptions.selectors import prices_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The prices of a product in one currency, with the amounts that a subscriber chose."""

    product: Product
    prices: tuple[tuple[Price, PriceTerms], ...]
    chosen_amount: int | None = None

    @property
    def seats(self) -> SeatTerms | None:
        """The price per seat, if there is one."""
        return next((terms for _, terms in self.prices if isinstance(terms, SeatTerms)), None)

    @property
    def units(self) -> UnitTerms | None:
        """The price per unit, if there is one."""
        return next((terms for _, terms in self.prices if isinstance(terms, UnitTerms)), None)

    def lines(self, *, seats: int | None, units: int | None) -> tuple[PricedLine, ...]:
        """What a period costs by each price, for so many seats and units."""
        return tuple(
            PricedLine(
                price_id=price.pk,
                kind=price.kind,
                amount=price_amount(
                    terms, seats=seats, units=units, chosen_amount=self.chosen_amount
                ),
            )
            for price, terms in self.prices
        )


def present_offer(subscription: Subscription) -> Offer:
    """What is subscribed to now, at the prices it was agreed at."""
    rows = prices_of(subscription)
    chosen = [row.amount for row in rows if row.price.kind == Price.Kind.CUSTOM]
    return Offer(
        product=subscription.product,
        prices=tuple((row.price, terms_of(row.price)) for row in rows),
        chosen_amount=chosen[0] if chosen else None,
    )


def present_lines(subscription: Subscription) -> tuple[PricedLine, ...]:
    """The amounts as they were agreed, price by price."""
    return tuple(
        PricedLine(price_id=row.price_id, kind=row.price.kind, amount=row.amount)
        for row in prices_of(subscription)
    )


def find_offer(product: Product, currency: str) -> Offer | None:
    """The catalog's present prices of a product in a currency; None if it has none."""
    prices = [price for price in listed_prices(product) if price.currency == currency]
    if not prices:
        return None
    return Offer(product=product, prices=tuple((price, terms_of(price)) for price in prices))


def require_offer(product: Product, currency: str) -> Offer:
    """
    What a subscription of this currency may change to.

    :raises ValidationFailed: unless the product is recurring, not archived, priced in the
        currency, and not priced by the buyer.
    """
    if product.is_archived or product.deleted_at is not None:
        raise _wrong(product, "The product is archived.")
    if not product.is_recurring:
        raise _wrong(product, "The product is not billed in periods.")
    offer = find_offer(product, currency)
    if offer is None:
        raise _wrong(product, f"The product has no price in {currency}.")
    if any(isinstance(terms, CustomTerms) for _, terms in offer.prices):
        raise _wrong(product, "The product is priced by its buyer.")
    return offer


def require_same_nature(old: Offer, new: Offer) -> None:
    """
    Seats and units once sold are not taken away by a change of product.

    :raises ValidationFailed: for a product without them.
    """
    if old.seats is not None and new.seats is None:
        raise _wrong(new.product, "A subscription by seats can only change to one by seats.")
    if old.units is not None and new.units is None:
        raise _wrong(new.product, "A subscription by units can only change to one by units.")


def require_seats(terms: SeatTerms, seats: int) -> None:
    """
    Pass if so many seats can be had at this price.

    :raises BelowMinimumSeats: if they are too few.
    :raises AboveMaximumSeats: if they are too many.
    """
    if seats < terms.minimum:
        raise BelowMinimumSeats(bound=terms.minimum, requested=seats)
    most = _maximum(terms)
    if most is not None and seats > most:
        raise AboveMaximumSeats(bound=most, requested=seats)


def require_units(terms: UnitTerms, units: int) -> None:
    """
    Pass if so many units can be had at this price.

    :raises BelowMinimumUnits: if they are too few.
    :raises AboveMaximumUnits: if they are too many.
    """
    if units < terms.minimum:
        raise BelowMinimumUnits(bound=terms.minimum, requested=units)
    most = _maximum(terms)
    if most is not None and units > most:
        raise AboveMaximumUnits(bound=most, requested=units)


def quantities_for(
    offer: Offer, *, seats: int | None, units: int | None
) -> tuple[int | None, int | None]:
    """
    The seats and units of a subscription that changes to `offer`.

    What it has is kept and must fit; what it did not have starts at the minimum.

    :raises QuantityOutOfBounds: if it does not fit.
    """
    new_seats = new_units = None
    if offer.seats is not None:
        new_seats = offer.seats.minimum if seats is None else seats
        require_seats(offer.seats, new_seats)
    if offer.units is not None:
        new_units = offer.units.minimum if units is None else units
        require_units(offer.units, new_units)
    return new_seats, new_units


def _maximum(terms: SeatTerms | UnitTerms) -> int | None:
    limits: Sequence[int | None] = [tier.maximum for tier in terms.tiers]
    return None if None in limits else max(limit for limit in limits if limit is not None)


def _wrong(product: Product, message: str) -> ValidationFailed:
    return ValidationFailed.at("body", "product_id", msg=message, value=str(product.pk))
