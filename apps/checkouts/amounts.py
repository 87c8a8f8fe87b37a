"""
The amounts of a checkout, from its prices, the buyer's choices, discount and tax. Pure.

`amount` is the gross price before discount and tax. With inclusive tax the net amount is what
is left after taking discount and tax out of it, with exclusive tax after the discount alone.
"""

from dataclasses import dataclass, replace

from apps.catalog.price_rules import PriceProblem, custom_amount_problem
from apps.catalog.pricing import (
    NOTHING_SELECTED,
    PriceTerms,
    Selection,
    completed,
    custom_terms,
    is_metered,
    seat_terms,
    upfront_amount,
)
from apps.discounts.terms import DiscountTerms
from apps.tax.behavior import split


@dataclass(frozen=True, slots=True)
class KnownTax:
    """A tax that has been calculated for the discounted amount, in minor units."""

    amount: int
    behavior: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """What is being bought, and on what terms."""

    currency: str
    prices: tuple[PriceTerms, ...]
    selection: Selection = NOTHING_SELECTED
    discount: DiscountTerms | None = None
    is_recurring: bool = False
    has_trial: bool = False
    # None: not calculated, or not possible yet.
    tax: KnownTax | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The amounts to show and charge; `tax_amount` is None until the tax is known."""

    amount: int
    discount_amount: int
    net_amount: int
    tax_amount: int | None
    total_amount: int
    seats: int | None
    units: int | None

    @property
    def taxable_amount(self) -> int:
        """What the tax is calculated on."""
        return self.amount - self.discount_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentNeeds:
    """What the buyer has to supply."""

    is_payment_required: bool
    is_setup_required: bool

    @property
    def is_form_required(self) -> bool:
        """Whether a card form is shown at all."""
        return self.is_payment_required or self.is_setup_required


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLimits:
    """How many seats a checkout offers, and how many may be taken."""

    seats: int
    minimum: int
    maximum: int | None


def quote(basket: Basket, *, strict: bool = False) -> Quote:
    """
    The amounts of a basket.

    :raises MissingQuantityError: with `strict`, if seats or units were not chosen.
    :raises InvalidQuantityError: if their number has no price.
    """
    chosen = completed(basket.prices, basket.selection, strict=strict)
    amount = upfront_amount(basket.prices, chosen)
    discount = basket.discount
    discount_amount = discount.amount_off(amount, basket.currency) if discount else 0
    tax = basket.tax or KnownTax(amount=0, behavior=None)
    parts = split(amount - discount_amount, tax.amount, tax.behavior)
    return Quote(
        amount=amount,
        discount_amount=discount_amount,
        net_amount=parts.net_amount,
        tax_amount=parts.tax_amount if basket.tax else None,
        total_amount=parts.total_amount,
        seats=chosen.seats,
        units=chosen.units,
    )


def payment_needs(basket: Basket) -> PaymentNeeds:
    """
    Whether money is due now, and whether a card must be kept for later.

    A trial takes nothing now. A card is kept for what recurs, unless nothing can come: no
    amount and no usage to bill, or a discount of everything for ever.
    """
    amounts = quote(basket)
    is_worthless = amounts.amount == 0 and not is_metered(basket.prices)
    is_given_away = basket.discount is not None and basket.discount.is_everything_forever
    return PaymentNeeds(
        is_payment_required=amounts.total_amount > 0 and not basket.has_trial,
        is_setup_required=basket.is_recurring and not is_worthless and not is_given_away,
    )


def with_amount(basket: Basket, amount: int) -> Basket:
    """The basket with the buyer's own amount; unchanged where the price is not theirs to set."""
    if custom_terms(basket.prices) is None:
        return basket
    return replace(basket, selection=replace(basket.selection, amount=amount))


def with_prices(basket: Basket, prices: tuple[PriceTerms, ...]) -> Basket:
    """
    The basket for another product: choices start anew, the tax is unknown again.

    The discount stays only while it can be applied.
    """
    switched = replace(basket, prices=prices, selection=NOTHING_SELECTED, tax=None)
    return switched if can_be_discounted(switched) else replace(switched, discount=None)


def can_be_discounted(basket: Basket) -> bool:
    """Whether the discount, if any, takes something off: not where everything is free."""
    if basket.discount is None or not basket.discount.is_applicable(basket.currency):
        return False
    is_custom = custom_terms(basket.prices) is not None
    return is_custom or is_metered(basket.prices) or quote(basket).amount > 0


def amount_problem(basket: Basket, amount: int) -> PriceProblem | None:
    """What is wrong with the amount a buyer wants to pay; None where it is fine or ignored."""
    terms = custom_terms(basket.prices)
    if terms is None:
        return None
    return custom_amount_problem(
        amount,
        minimum=terms.minimum_amount,
        maximum=terms.maximum_amount,
        currency=basket.currency,
    )


def prefilled(basket: Basket, raw_amount: str | None) -> Basket:
    """
    The basket with the amount written into a link's address.

    What is no number or no possible amount is ignored: a link must open whatever it carries.
    """
    try:
        amount = int(raw_amount or "")
    except ValueError:
        return basket
    return basket if amount_problem(basket, amount) else with_amount(basket, amount)


def seat_limits(
    basket: Basket,
    *,
    locked_seats: int | None = None,
    minimum: int | None = None,
    maximum: int | None = None,
) -> SeatLimits | None:
    """
    How many seats are offered; None where nothing is sold by the seat.

    A locked number can be neither raised nor lowered.
    """
    terms = seat_terms(basket.prices)
    if terms is None:
        return None
    if locked_seats is not None:
        return SeatLimits(seats=locked_seats, minimum=locked_seats, maximum=locked_seats)
    least = terms.minimum if minimum is None else minimum
    chosen = basket.selection.seats
    return SeatLimits(seats=least if chosen is None else chosen, minimum=least, maximum=maximum)
