"""Amounts of a checkout and what the buyer must supply."""

from dataclasses import replace

from apps.catalog import tiers
from apps.catalog.price_rules import fixed_price_problem
from apps.catalog.pricing import Selection
from apps.checkouts import amounts
from apps.checkouts.amounts import Basket, KnownTax
from tests.cases.registry import Facts, adapter
from tests.cases.terms import discount_terms, prices_terms, tiers_of

AREA = "checkout_amounts"


def basket_of(given: Facts) -> Basket:
    tax = given.get("tax")
    chosen = [row["chosen"] for row in given["prices"] if row.get("chosen") is not None]
    return Basket(
        currency=given["currency"],
        prices=prices_terms(given["prices"]),
        selection=Selection(amount=chosen[0] if chosen else None),
        discount=discount_terms(given.get("discount")),
        is_recurring=bool(given.get("recurring")),
        has_trial=bool(given.get("trial")),
        tax=KnownTax(amount=tax["amount"], behavior=tax["behavior"]) if tax else None,
    )


@adapter(AREA)
def quote(given: Facts, when: Facts) -> Facts:
    basket = basket_of(given)
    selection = replace(basket.selection, seats=when.get("seats"), units=when.get("units"))
    if when.get("amount") is not None:
        selection = replace(selection, amount=when["amount"])
    result = amounts.quote(replace(basket, selection=selection), strict=bool(when.get("strict")))
    return {
        "amount": result.amount,
        "discount_amount": result.discount_amount,
        "net_amount": result.net_amount,
        "tax_amount": result.tax_amount,
        "total_amount": result.total_amount,
        "seats": result.seats,
        "units": result.units,
    }


@adapter(AREA)
def update_amount(given: Facts, when: Facts) -> Facts:
    changed = amounts.with_amount(basket_of(given), when["amount"])
    return {"amount": amounts.quote(changed).amount}


@adapter(AREA)
def switch_product(given: Facts, when: Facts) -> Facts:
    switched = amounts.with_prices(basket_of(given), prices_terms(when["new_prices"]))
    return {
        "amount": amounts.quote(switched).amount,
        "discount": given.get("discount") if switched.discount else None,
    }


@adapter(AREA)
def link_checkout(given: Facts, when: Facts) -> Facts:
    query = when.get("query") or {}
    basket = amounts.prefilled(basket_of(given), query.get("amount"))
    if basket.discount and not amounts.can_be_discounted(basket):
        basket = replace(basket, discount=None)
    limits = amounts.seat_limits(basket, locked_seats=when.get("locked_seats"))
    if limits:
        basket = replace(basket, selection=replace(basket.selection, seats=limits.seats))
    return {
        "amount": amounts.quote(basket).amount,
        "discount": given.get("discount") if basket.discount else None,
        "seats": limits.seats if limits else None,
        "min_seats": limits.minimum if limits else None,
        "max_seats": limits.maximum if limits else None,
    }


@adapter(AREA)
def validate_custom_amount(given: Facts, when: Facts) -> Facts:
    return {"valid": amounts.amount_problem(basket_of(given), when["amount"]) is None}


@adapter(AREA)
def validate_fixed_price(given: Facts, when: Facts) -> Facts:
    problem = fixed_price_problem(when["amount"], given["currency"])
    if problem is None:
        return {"valid": True, "error_type": None, "loc": None}
    return {"valid": False, "error_type": problem.kind, "loc": [problem.field]}


@adapter(AREA)
def payment_needs(given: Facts, when: Facts) -> Facts:
    needs = amounts.payment_needs(basket_of(given))
    return {
        "payment_required": needs.is_payment_required,
        "setup_required": needs.is_setup_required,
        "form_required": needs.is_form_required,
    }


@adapter(AREA)
def tier_amount(given: Facts, when: Facts) -> Facts:
    kind = tiers.TierType(given["tier_type"])
    return {
        "amount": tiers.tier_amount(kind, tiers_of(given["tiers"]), when["quantity"]),
        "error": None,
    }


@adapter(AREA)
def validate_tiers(given: Facts, when: Facts) -> Facts:
    try:
        ordered = tiers.validate_tiers(tiers_of(given["tiers"]))
    except tiers.InvalidTiers:
        return {"valid": False, "first_minimum": None}
    return {"valid": True, "first_minimum": tiers.first_minimum(ordered)}
