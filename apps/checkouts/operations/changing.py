"""What may be changed on an open checkout, by its merchant or its buyer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from apps.catalog.models import Product
from apps.checkouts.amounts import amount_problem
from apps.checkouts.models import Checkout
from apps.checkouts.offers import Offer, choose_currency
from apps.checkouts.operations.quoting import basket_of
from apps.checkouts.selectors import offers_of
from apps.core.errors import Problem, ValidationFailed
from apps.core.metadata import validate_metadata
from apps.tax.errors import InvalidTaxId
from apps.tax.inputs import clean_parts
from apps.tax.tax_ids import validate_tax_id

# Set as given; None empties them.
_PLAIN: Final = (
    "customer_name",
    "customer_billing_name",
    "customer_ip_address",
    "locale",
    "payment_method_type",
    "success_url",
    "return_url",
    "embed_origin",
    "allow_trial",
)
# Set as given; None means "leave it".
_FLAGS: Final = ("is_business_customer", "allow_discount_codes", "require_billing_address")
# Sold later: refused with one clear sentence instead of being ignored.
_NOT_SOLD: Final = {
    "seats": "This product is not sold by the seat.",
    "units": "This product is not sold by the unit.",
    "discount_id": "There is no such discount.",
    "discount_code": "There is no such discount.",
    "subscription_id": "There is no such subscription.",
}


def apply_changes(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    """
    Put `changes` (the API's own names) on the row without saving it; absent keys stay.

    :raises ValidationFailed: listing everything that cannot be.
    """
    problems: list[Problem] = []
    for step in (_refuse_unsold, _set_plain, _set_email, _set_address, _set_tax_id, _set_maps):
        _collect(problems, step, checkout, changes)
    _collect(problems, _set_product, checkout, changes)
    if not problems:
        _collect(problems, _set_amount, checkout, changes)
    if problems:
        raise ValidationFailed(problems)


Step = Callable[[Checkout, Mapping[str, Any]], None]


def _collect(
    problems: list[Problem], step: Step, checkout: Checkout, changes: Mapping[str, Any]
) -> None:
    try:
        step(checkout, changes)
    except ValidationFailed as error:
        problems.extend(error.problems)


def _refuse_unsold(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    for name, message in _NOT_SOLD.items():
        if changes.get(name) is not None:
            raise ValidationFailed.at("body", name, msg=message, value=changes[name])


def _set_plain(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    for name in _PLAIN:
        if name in changes:
            setattr(checkout, name, changes[name])
    for name in _FLAGS:
        if changes.get(name) is not None:
            setattr(checkout, name, changes[name])
    if changes.get("is_business_customer") is False:
        # A tax number left behind would keep a private buyer untaxed.
        checkout.customer_tax_id = checkout.customer_billing_name = None


def _set_email(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    if "customer_email" not in changes:
        return
    email = (changes["customer_email"] or "").strip() or None
    # A known team may have no address of its own: then the buyer's is taken.
    if checkout.customer is None or checkout.customer.email is None:
        checkout.customer_email = email
        return
    if email and email.lower() != (checkout.customer_email or "").lower():
        raise ValidationFailed.at(
            "body",
            "customer_email",
            msg="The e-mail of a known customer cannot be changed here.",
            value=email,
        )


def _set_address(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    if "customer_billing_address" not in changes:
        return
    given = changes["customer_billing_address"]
    if given is None:
        checkout.customer_billing_address = None
        return
    checkout.customer_billing_address = clean_parts(given, "body", "customer_billing_address")


def _set_tax_id(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    if "customer_tax_id" not in changes:
        return
    number = (changes["customer_tax_id"] or "").strip()
    if not number:
        checkout.customer_tax_id = None
        return
    country = (checkout.customer_billing_address or {}).get("country")
    loc = ("body", "customer_tax_id")
    if not country:
        raise ValidationFailed.at(
            *loc, msg="A tax ID needs the country of the billing address.", value=number
        )
    try:
        tax_id = validate_tax_id(number, country)
    except InvalidTaxId as error:
        raise ValidationFailed.at(*loc, msg=str(error), value=number) from error
    checkout.customer_tax_id = [tax_id.value, tax_id.format]


def _set_maps(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    for name in ("metadata", "customer_metadata"):
        if changes.get(name) is not None:
            value = validate_metadata(changes[name], loc=("body", name))
            setattr(checkout, name, value)


def _set_product(checkout: Checkout, changes: Mapping[str, Any]) -> None:
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


def _select_price(checkout: Checkout, offers: list[Offer], price_id: str) -> None:
    for offer in offers:
        for price in offer.prices:
            if str(price.pk) == price_id:
                select_offer(checkout, offer, price.currency)
                return
    raise ValidationFailed.at(
        "body", "product_price_id", msg="This checkout does not offer the price.", value=price_id
    )


def select_offer(checkout: Checkout, offer: Offer, currency: str) -> None:
    """Make a product in one currency what is bought; a new price starts without an amount."""
    price = offer.price_in(currency)
    if price is None:
        raise ValueError("The currency was chosen from those of the offer.")
    if checkout.price_id != price.pk:
        checkout.custom_amount = None
    product: Product = offer.product
    checkout.product, checkout.price, checkout.currency = product, price, currency


def _set_amount(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    amount = changes.get("amount")
    if amount is None or checkout.price is None or checkout.price.kind != "custom":
        return
    problem = amount_problem(basket_of(checkout), amount)
    if problem is not None:
        raise ValidationFailed.at(
            "body", "amount", msg=problem.message, value=amount, kind=problem.kind
        )
    checkout.custom_amount = amount
