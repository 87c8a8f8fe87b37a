"""What is chosen in a checkout: product, currency, amount, seats, units and trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from apps.catalog.models import Price
from apps.catalog.pricing import SeatTerms, UnitTerms
from apps.checkouts.amounts import amount_problem
from apps.checkouts.models import Checkout
from apps.checkouts.offers import Offer, choose_currency
from apps.checkouts.operations.quoting import basket_of
from apps.checkouts.selectors import offers_of, prices_of
from apps.core.errors import ValidationFailed

# How many of anything one checkout may be for.
MAX_QUANTITY: Final = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How many may be bought: no more than `maximum`, where there is one."""

    minimum: int
    maximum: int | None


def choose_offer(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    """Take another product, price or currency of those that the checkout offers."""
    product_id, price_id = changes.get("product_id"), changes.get("product_price_id")
    currency = changes.get("currency")
    if product_id is None and price_id is None and currency is None:
        return
    offers = offers_of(checkout)
    if price_id is not None:
        _select_price(checkout, offers, str(price_id))
        return
    wanted = str(product_id or checkout.product_id)
    offer = next((offer for offer in offers if str(offer.product.pk) == wanted), None)
    if offer is None:
        raise ValidationFailed.at(
            "body", "product_id", msg="This checkout does not offer the product.", value=wanted
        )
    kept = checkout.currency if checkout.currency in offer.currencies else None
    select_offer(
        checkout,
        offer,
        choose_currency(
            offer,
            explicit=currency or kept,
            country=None,
            default=checkout.organization.default_presentment_currency,
        ),
    )


def select_offer(checkout: Checkout, offer: Offer, currency: str) -> None:
    """Make a product in one currency what is bought; new prices start without choices."""
    prices = offer.prices_in(currency)
    if not prices:
        raise ValueError("The currency was chosen from those of the offer.")
    ids = [str(price.pk) for price in prices]
    if checkout.price_ids != ids:
        checkout.custom_amount = checkout.seats = checkout.units = None
    checkout.product, checkout.price, checkout.currency = offer.product, prices[0], currency
    checkout.price_ids = ids


def choose_amount(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    """Take the buyer's own amount; ignored where the price is not theirs to set."""
    amount = changes.get("amount")
    if amount is None or checkout.price is None or checkout.price.kind != Price.Kind.CUSTOM:
        return
    problem = amount_problem(basket_of(checkout), amount)
    if problem is not None:
        raise ValidationFailed.at(
            "body", "amount", msg=problem.message, value=amount, kind=problem.kind
        )
    checkout.custom_amount = amount


def choose_quantity(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    """
    Take a number of seats or units, the smallest where none was chosen yet.

    Asked of a product that is not sold so, it is a mistake.
    """
    for name in ("seats", "units"):
        wanted = changes.get(name)
        limits = quantity_limits(checkout, name)
        if limits is None:
            if wanted is not None:
                word = name[:-1]
                raise ValidationFailed.at(
                    "body", name, msg=f"This product is not sold by the {word}.", value=wanted
                )
            setattr(checkout, name, None)
            continue
        if wanted is None and getattr(checkout, name) is not None:
            continue
        count = limits.minimum if wanted is None else wanted
        _require_within(name, count, limits)
        setattr(checkout, name, count)


def quantity_limits(checkout: Checkout, name: str) -> Limits | None:
    """How many `seats` or `units` may be bought: what the price allows and the merchant asks."""
    kind = SeatTerms if name == "seats" else UnitTerms
    terms = next((one for one in basket_of(checkout).prices if isinstance(one, kind)), None)
    if terms is None:
        return None
    own_minimum, own_maximum = getattr(checkout, f"min_{name}"), getattr(checkout, f"max_{name}")
    maxima = [one for one in (terms.tiers[-1].maximum, own_maximum) if one is not None]
    return Limits(
        minimum=max(terms.minimum, own_minimum or 1), maximum=min(maxima) if maxima else None
    )


def set_trial(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    """Take a trial of the checkout's own: both of its parts, or none."""
    names = ("trial_interval", "trial_interval_count")
    if not any(name in changes for name in names):
        return
    interval, count = (changes.get(name, getattr(checkout, name)) for name in names)
    if (interval is None) != (count is None):
        missing = "trial_interval" if interval is None else "trial_interval_count"
        raise ValidationFailed.at(
            "body", missing, msg="A trial needs an interval and how many of it.", value=None
        )
    checkout.trial_interval, checkout.trial_interval_count = interval, count


def require_sellable_quantity(checkout: Checkout) -> None:
    """Pass if seats and units still are within what the prices and the merchant allow."""
    for name in ("seats", "units"):
        limits, count = quantity_limits(checkout, name), getattr(checkout, name)
        if limits is not None:
            _require_within(name, count or 0, limits)


def _require_within(name: str, count: int, limits: Limits) -> None:
    if count < limits.minimum:
        message = f"At least {limits.minimum} {name} are needed."
    elif count > min(limits.maximum or MAX_QUANTITY, MAX_QUANTITY):
        message = f"No more than {limits.maximum or MAX_QUANTITY} {name} can be bought."
    else:
        return
    raise ValidationFailed.at("body", name, msg=message, value=count)


def _select_price(checkout: Checkout, offers: list[Offer], price_id: str) -> None:
    for offer in offers:
        for price in offer.prices:
            if str(price.pk) == price_id:
                select_offer(checkout, offer, price.currency)
                return
    raise ValidationFailed.at(
        "body", "product_price_id", msg="This checkout does not offer the price.", value=price_id
    )


def has_custom_price(checkout: Checkout) -> bool:
    """Whether the amount is the buyer's to set."""
    return any(price.kind == Price.Kind.CUSTOM for price in prices_of(checkout))
