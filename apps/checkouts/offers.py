"""Which products, prices and currencies a checkout offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.catalog.models import Price, Product
from apps.core.errors import ValidationFailed
from apps.core.money import presentment_currency


@dataclass(frozen=True, slots=True)
class Offer:
    """A product and the prices it can be bought at here, in every currency."""

    product: Product
    prices: Sequence[Price]

    @property
    def currencies(self) -> list[str]:
        """The currencies there is a price in, in the order of the prices."""
        return list(dict.fromkeys(price.currency for price in self.prices))

    def prices_in(self, currency: str) -> list[Price]:
        """What is bought together in a currency; nothing in one that it has no price in."""
        return [price for price in self.prices if price.currency == currency]


def choose_currency(
    offer: Offer, *, explicit: str | None, country: str | None, default: str
) -> str:
    """
    The currency the buyer pays in.

    The one asked for; else that of the buyer's country, if there is a price in it; else the
    organization's; else that of the first price.

    :raises ValidationFailed: if the one asked for has no price.
    """
    available = offer.currencies
    if explicit is not None:
        if explicit.lower() not in available:
            raise ValidationFailed.at(
                "body",
                "currency",
                msg="The product has no price in this currency.",
                value=explicit,
            )
        return explicit.lower()
    local = presentment_currency(country) if country else None
    for candidate in (local, default):
        if candidate in available:
            return candidate
    return available[0]
