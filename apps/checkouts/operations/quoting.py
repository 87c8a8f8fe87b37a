"""Putting the amounts of a checkout in order after anything about it has changed."""

from __future__ import annotations

from dataclasses import replace

from apps.catalog.pricing import Selection
from apps.catalog.selectors import terms_of
from apps.checkouts.amounts import (
    Basket,
    KnownTax,
    PaymentNeeds,
    can_be_discounted,
    payment_needs,
    quote,
)
from apps.checkouts.models import Checkout
from apps.checkouts.selectors import prices_of
from apps.checkouts.trials import active_trial
from apps.discounts.models import Discount
from apps.discounts.selectors import is_applicable
from apps.discounts.selectors import terms_of as discount_terms
from apps.tax.addresses import Address, missing_fields
from apps.tax.behavior import resolve_behavior
from apps.tax.calculators import TaxRequest, ask_for_tax
from apps.tax.errors import TaxCalculationLogicalError


def basket_of(checkout: Checkout) -> Basket:
    """What the checkout sells as it stands, with its tax as far as that is known."""
    tax = None
    if checkout.tax_amount is not None:
        tax = KnownTax(amount=checkout.tax_amount, behavior=checkout.tax_behavior)
    product = checkout.product
    return Basket(
        currency=checkout.currency,
        prices=tuple(terms_of(price) for price in prices_of(checkout)),
        selection=Selection(
            amount=checkout.custom_amount, seats=checkout.seats, units=checkout.units
        ),
        discount=discount_terms(checkout.discount) if checkout.discount else None,
        is_recurring=product is not None and product.is_recurring,
        has_trial=active_trial(checkout) is not None,
        tax=tax,
    )


def discount_applies(checkout: Checkout, discount: Discount) -> bool:
    """Whether a discount takes something off what the checkout sells, now or later."""
    if checkout.product_id is None:
        return False
    if not is_applicable(discount, product_id=checkout.product_id, currency=checkout.currency):
        return False
    return can_be_discounted(replace(basket_of(checkout), discount=discount_terms(discount)))


def needs_of(checkout: Checkout) -> PaymentNeeds:
    """What the buyer has to supply for the amounts as they stand."""
    return payment_needs(basket_of(checkout))


def address_of(checkout: Checkout) -> Address | None:
    """The billing address in its own type."""
    stored = checkout.customer_billing_address
    return Address(**stored) if stored else None


def is_full_address_required(checkout: Checkout) -> bool:
    """Whether the whole address is asked for, wherever the buyer lives."""
    return (
        checkout.require_billing_address
        or checkout.is_business_customer
        or checkout.payment_method_type == "upi"
    )


def missing_address_fields(checkout: Checkout) -> list[str]:
    """The parts of the address that must still be given, in the order of a form."""
    return missing_fields(
        address_of(checkout), is_full_address_required=is_full_address_required(checkout)
    )


def requote(checkout: Checkout, *, strict: bool = False) -> None:
    """
    Recompute amount, discount, tax, net and the trial's end from the choices on the row; does not
    save it.

    A discount that takes nothing off what is chosen now is dropped. A tax that cannot be computed
    yet is left open, unless `strict`.

    :raises InvalidQuantityError: for a number of seats or units without a price.
    :raises TaxCalculationLogicalError: with `strict`, if the address does not allow one.
    """
    trial = active_trial(checkout)
    changed_at = checkout.modified_at or checkout.created_at
    checkout.trial_end_at = trial.end(changed_at) if trial else None
    checkout.tax_amount, checkout.tax_behavior, checkout.tax_breakdown = None, None, []
    if checkout.discount is not None and not discount_applies(checkout, checkout.discount):
        checkout.discount = None
    untaxed = quote(basket_of(checkout))
    checkout.seats, checkout.units = untaxed.seats, untaxed.units
    checkout.amount, checkout.discount_amount = untaxed.amount, untaxed.discount_amount
    checkout.net_amount = untaxed.net_amount
    try:
        _set_tax(checkout, untaxed.taxable_amount)
    except TaxCalculationLogicalError:
        if strict:
            raise
    amounts = quote(basket_of(checkout))
    checkout.net_amount = amounts.net_amount
    if not needs_of(checkout).is_form_required:
        checkout.payment_method_type = None
        if not checkout.require_billing_address:
            checkout.is_business_customer = False
            checkout.customer_billing_name = checkout.customer_tax_id = None


def _set_tax(checkout: Checkout, taxable_amount: int) -> None:
    product = checkout.product
    if product is None:
        return
    address = address_of(checkout)
    option = (checkout.price.tax_behavior if checkout.price else None) or (
        checkout.organization.default_tax_behavior
    )
    behavior = resolve_behavior(option, address.country if address else None)
    is_due = product.is_tax_applicable and needs_of(checkout).is_form_required
    if is_due and (address is None or missing_address_fields(checkout)):
        return
    request = TaxRequest(
        reference=str(checkout.pk),
        amount=taxable_amount,
        currency=checkout.currency,
        behavior=behavior,
        is_taxable=is_due,
    )
    result = ask_for_tax(request.of_buyer_at(checkout.customer_billing_address))
    checkout.tax_amount, checkout.tax_behavior = result.tax_amount, result.behavior
    checkout.tax_breakdown = result.breakdown
    checkout.tax_processor_id = result.processor_id
