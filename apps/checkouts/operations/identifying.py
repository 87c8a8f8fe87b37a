"""Who the buyer of a checkout is, known before anything is charged."""

from __future__ import annotations

from typing import Any, Final

from apps.checkouts.errors import CheckoutCustomerDeleted
from apps.checkouts.models import Checkout
from apps.core.errors import Problem, ValidationFailed
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.customers.operations import match_buyer, update_customer

# What a customer calls otherwise than a checkout does.
_NAMES: Final = {
    name: f"customer_{name}" for name in ("email", "name", "billing_address", "tax_id", "metadata")
}


def identify_customer(checkout: Checkout, origin: Origin) -> None:
    """
    Find or make the customer; the row is not saved. A clash of identities must not cost money.

    :raises ValidationFailed: at the buyer's fields, if they contradict each other.
    :raises CheckoutCustomerDeleted: if the customer was deleted meanwhile.
    """
    try:
        _match_customer(checkout, origin)
    except ValidationFailed as error:
        raise ValidationFailed([_as_asked(problem) for problem in error.problems]) from error


def _as_asked(problem: Problem) -> Problem:
    """The problem of a customer's field, at the field that the buyer filled in."""
    where = [_NAMES.get(part, part) if isinstance(part, str) else part for part in problem["loc"]]
    return {**problem, "loc": where}


def _match_customer(checkout: Checkout, origin: Origin) -> None:
    known = checkout.customer
    if known is None:
        checkout.customer, checkout.is_customer_matched_by_email = match_buyer(
            organization=checkout.organization,
            email=checkout.customer_email or "",
            external_id=checkout.external_customer_id,
            name=checkout.customer_name,
            billing_name=checkout.customer_billing_name,
            billing_address=checkout.customer_billing_address,
            tax_id=checkout.customer_tax_id,
            metadata=checkout.customer_metadata,
            origin=origin,
        )
        # The merchant's own id says for sure who it is, whatever is typed.
        external_id = checkout.customer.external_id
        checkout.is_customer_typed = (
            external_id is None or external_id != checkout.external_customer_id
        )
        return
    if known.deleted_at is not None:
        raise CheckoutCustomerDeleted
    changes = _news_for(known, checkout)
    if changes:
        checkout.customer = update_customer(customer_id=known.pk, changes=changes, origin=origin)


def _news_for(known: Customer, checkout: Checkout) -> dict[str, Any]:
    """What a known customer told anew; their name is only filled, never overwritten."""
    news: dict[str, Any] = {}
    if not known.name and checkout.customer_name:
        news["name"] = checkout.customer_name
    told = {
        "billing_name": checkout.customer_billing_name,
        "billing_address": checkout.customer_billing_address,
        "tax_id": checkout.customer_tax_id,
    }
    for name, value in told.items():
        if value and value != getattr(known, name):
            news[name] = value[0] if name == "tax_id" else value
    return news
