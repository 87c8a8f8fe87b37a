"""
The buyer's decision to pay.

The intention (attempt number, what will be asked of the processor, status) is committed before
the processor is asked; see `charging` for what follows and what a crash leads to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.catalog.models import Price
from apps.checkouts.errors import CheckoutCustomerDeleted, ExpiredCheckoutError, PaymentNotReady
from apps.checkouts.links import confirmation_url
from apps.checkouts.locks import lock_open_checkout
from apps.checkouts.models import Checkout
from apps.checkouts.operations.changing import apply_changes
from apps.checkouts.operations.charging import charge_attempt
from apps.checkouts.operations.quoting import missing_address_fields, needs_of, requote
from apps.checkouts.selectors import is_over
from apps.checkouts.states import CHECKOUT
from apps.core.errors import DomainError, Problem, ValidationFailed
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.customers.operations import match_buyer, update_customer
from apps.events.operations import record
from apps.processors import gateway
from apps.tax.errors import TaxCalculationLogicalError

# A confirmed checkout without an outcome is looked after for the first time after this long:
# longer than the processor's answer may take.
CHECK_DELAY: Final = timedelta(minutes=2)
DESCRIPTOR_LENGTH: Final = 22


def confirm_checkout(
    *,
    checkout_id: UUID,
    changes: Mapping[str, Any],
    confirmation_token_id: str | None,
    save_method: bool = False,
    origin: Origin,
) -> Checkout:
    """
    Apply the buyer's last `changes` and pay; `confirmation_token_id` is the payment form's.

    Afterwards the checkout is confirmed: its payment is under way, or the buyer has to
    authenticate it (`intent_client_secret`), or nothing was to be paid and the order is being
    made. It is confirmed too when the processor's answer was lost: the outcome is asked for
    later, and no second payment is tried before it is known.

    Commits in steps, so it must not run inside a transaction.

    :raises CheckoutLocked, NotOpenCheckout, ExpiredCheckoutError: it cannot be confirmed now.
    :raises PaymentNotReady: the organization may not take payments.
    :raises ValidationFailed: with everything that is missing or wrong at once.
    :raises PaymentError: the payment was refused; the checkout is open again.
    :raises ProcessorUnavailable: nothing was tried; the checkout is open again.
    """
    known_name = _name_on_token(checkout_id, changes, confirmation_token_id)
    if known_name:
        changes = {**changes, "customer_name": known_name}
    checkout = _intend(checkout_id, changes, confirmation_token_id, save_method, origin)
    if checkout.intent_request is None:
        return checkout
    return charge_attempt(checkout=checkout, is_first_try=True, origin=origin)


@transaction.atomic
def _intend(
    checkout_id: UUID,
    changes: Mapping[str, Any],
    token_id: str | None,
    save_method: bool,
    origin: Origin,
) -> Checkout:
    checkout = lock_open_checkout(checkout_id)
    if is_over(checkout, at=origin.at):
        raise ExpiredCheckoutError
    apply_changes(checkout, changes)
    _require_sellable(checkout)
    try:
        requote(checkout, strict=True)
    except TaxCalculationLogicalError as error:
        raise ValidationFailed.at(
            "body", "customer_billing_address", msg=error.detail, value=None
        ) from error
    is_paid = needs_of(checkout).is_form_required
    if is_paid and not checkout.organization.can("checkout_payments"):
        raise PaymentNotReady
    _require_complete(checkout, token_id, is_paid=is_paid)
    _identify_customer(checkout, origin)
    CHECKOUT.require(checkout.status, Checkout.Status.CONFIRMED)
    checkout.status = Checkout.Status.CONFIRMED
    checkout.confirmed_at = checkout.modified_at = origin.at
    checkout.next_check_at = origin.at + CHECK_DELAY
    checkout.failure_message = ""
    checkout.attempt_count += 1
    checkout.intent_id = checkout.intent_client_secret = checkout.intent_status = None
    checkout.confirmation_token_id = token_id if is_paid else None
    checkout.intent_request = _intent_request(checkout, save_method) if is_paid else None
    checkout.save()
    record(
        "checkout.confirmed",
        subject=checkout,
        organization_id=checkout.organization_id,
        origin=origin,
        changes={"status": ("open", "confirmed")},
        payload={"attempt": checkout.attempt_count, "total_amount": checkout.total_amount},
    )
    if not is_paid:
        enqueue("checkouts.settle_free_checkout", queue="high", checkout_id=str(checkout.pk))
    return checkout


def _name_on_token(
    checkout_id: UUID, changes: Mapping[str, Any], token_id: str | None
) -> str | None:
    """Wallets hide the name field; the token knows it. No answer is no name."""
    if not token_id or (changes.get("customer_name") or "").strip():
        return None
    if Checkout.objects.filter(pk=checkout_id, customer_name__gt="").exists():
        return None
    try:
        return gateway.read_confirmation_token(token_id).name
    except DomainError:
        return None


def _require_sellable(checkout: Checkout) -> None:
    product, price = checkout.product, checkout.price
    if product is None or price is None or product.deleted_at is not None:
        raise ValidationFailed.at("body", "product_id", msg="Product does not exist.", value=None)
    if product.is_archived:
        raise ValidationFailed.at(
            "body", "product_id", msg="Product is archived.", value=str(product.pk)
        )
    if price.archived_at is not None and price.source == Price.Source.CATALOG:
        raise ValidationFailed.at(
            "body", "product_price_id", msg="Price is no longer available.", value=str(price.pk)
        )
    if product.is_recurring:
        raise ValidationFailed.at(
            "body", "product_id", msg="Subscriptions cannot be bought yet.", value=str(product.pk)
        )


def _require_complete(checkout: Checkout, token_id: str | None, *, is_paid: bool) -> None:
    problems: list[Problem] = []
    needed = ["customer_email"]
    if is_paid:
        needed.append("customer_name")
    if checkout.is_business_customer:
        needed.append("customer_billing_name")
    for name in needed:
        if not getattr(checkout, name):
            problems.append(_missing(name))
    if is_paid or checkout.require_billing_address:
        problems += [
            _missing("customer_billing_address", part) for part in missing_address_fields(checkout)
        ]
    if is_paid and not token_id:
        problems.append(_missing("confirmation_token_id"))
    if problems:
        raise ValidationFailed(problems)


def _missing(*path: str) -> Problem:
    return {"loc": ["body", *path], "msg": "Field is required.", "type": "missing", "input": None}


def _identify_customer(checkout: Checkout, origin: Origin) -> None:
    """Know the buyer before any charge: a clash of identities must not cost money."""
    try:
        _match_customer(checkout, origin)
    except ValidationFailed as error:
        raise ValidationFailed([_as_asked(problem) for problem in error.problems]) from error


# What a customer calls otherwise than a checkout does.
_NAMES: Final = {
    name: f"customer_{name}" for name in ("email", "name", "billing_address", "tax_id", "metadata")
}


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


def _intent_request(checkout: Checkout, save_method: bool) -> dict[str, Any]:
    organization, product = checkout.organization, checkout.product
    address = checkout.customer_billing_address or {}
    metadata = {
        "organization_id": str(organization.pk),
        "checkout_id": str(checkout.pk),
        "type": "product",
        "payment_trigger": "purchase",
        "checkout_attempt": str(checkout.attempt_count),
        "tax_amount": str(checkout.tax_amount or 0),
    }
    if address.get("country"):
        metadata["tax_country"] = address["country"]
    if address.get("state"):
        metadata["tax_state"] = address["state"]
    if save_method:
        metadata["save_payment_method"] = "true"
    room = DESCRIPTOR_LENGTH - 2 - len(settings.STATEMENT_DESCRIPTOR_PREFIX)
    return {
        "amount": checkout.total_amount,
        "currency": checkout.currency,
        "confirmation_token": checkout.confirmation_token_id,
        "return_url": confirmation_url(checkout),
        "description": f"{organization.name}: {product.name if product else ''}"[:500],
        "statement_suffix": organization.slug[:room].upper(),
        "metadata": metadata,
        "save_method": save_method,
        "require_3ds": organization.require_3ds,
    }
