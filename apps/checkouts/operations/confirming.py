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

from django.db import transaction

from apps.catalog.answers import check_answers, merged
from apps.catalog.field_selectors import questions_of
from apps.catalog.models import Price
from apps.checkouts.errors import ExpiredCheckoutError, PaymentNotReady
from apps.checkouts.locks import lock_open_checkout
from apps.checkouts.models import Checkout
from apps.checkouts.operations.changing import apply_changes
from apps.checkouts.operations.charging import charge_attempt
from apps.checkouts.operations.choosing import require_sellable_quantity
from apps.checkouts.operations.guarding import (
    preview_token,
    require_no_other_confirmation,
    require_one_subscription,
    take_what_is_limited,
)
from apps.checkouts.operations.identifying import identify_customer
from apps.checkouts.operations.quoting import missing_address_fields, needs_of, requote
from apps.checkouts.operations.requesting import intent_kind, intent_request
from apps.checkouts.selectors import is_over, prices_of
from apps.checkouts.states import CHECKOUT
from apps.core.errors import Problem, ValidationFailed
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.operations import record
from apps.processors.gateway import TokenPreview
from apps.tax.errors import TaxCalculationLogicalError

# A confirmed checkout without an outcome is looked after for the first time after this long:
# longer than the processor's answer may take.
CHECK_DELAY: Final = timedelta(minutes=2)


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

    Afterwards the checkout is confirmed: its payment (or, for a trial, the saving of its method)
    is under way, or the buyer has to
    authenticate it (`intent_client_secret`), or nothing was to be paid and the order is being
    made. It is confirmed too when the processor's answer was lost: the outcome is asked for
    later, and no second payment is tried before it is known.

    Commits in steps, so it must not run inside a transaction.

    :raises CheckoutLocked, NotOpenCheckout, ExpiredCheckoutError: it cannot be confirmed now.
    :raises PaymentNotReady: the organization may not take payments.
    :raises AlreadyActiveSubscriptionError: the buyer has a subscription and may have one only.
    :raises TrialAlreadyRedeemed: the buyer had a trial; without one they may go on.
    :raises DiscountRedemptionLimitReached: the buyer has used the discount too often.
    :raises ValidationFailed: with everything that is missing or wrong at once.
    :raises PaymentError: the payment was refused; the checkout is open again.
    :raises ProcessorUnavailable: nothing was tried; the checkout is open again.
    """
    form = preview_token(checkout_id, changes, confirmation_token_id)
    changes = _with_name(checkout_id, changes, form)
    fingerprint = form.fingerprint if form else None
    checkout = _intend(
        checkout_id, changes, confirmation_token_id, fingerprint, save_method, origin
    )
    if checkout.intent_request is None:
        return checkout
    return charge_attempt(checkout=checkout, is_first_try=True, origin=origin)


@transaction.atomic
def _intend(
    checkout_id: UUID,
    changes: Mapping[str, Any],
    token_id: str | None,
    fingerprint: str | None,
    save_method: bool,
    origin: Origin,
) -> Checkout:
    checkout = lock_open_checkout(checkout_id)
    if is_over(checkout, at=origin.at):
        raise ExpiredCheckoutError
    apply_changes(checkout, changes, at=origin.at)
    checkout.modified_at = origin.at
    _require_sellable(checkout)
    require_one_subscription(checkout)
    try:
        requote(checkout, strict=True)
    except TaxCalculationLogicalError as error:
        raise ValidationFailed.at(
            "body", "customer_billing_address", msg=error.detail, value=None
        ) from error
    needs = needs_of(checkout)
    is_paid = needs.is_form_required
    if is_paid and not checkout.organization.can("checkout_payments"):
        raise PaymentNotReady
    _require_complete(checkout, token_id, is_paid=is_paid)
    identify_customer(checkout, origin)
    require_no_other_confirmation(checkout)
    take_what_is_limited(checkout, fingerprint, origin)
    CHECKOUT.require(checkout.status, Checkout.Status.CONFIRMED)
    checkout.status = Checkout.Status.CONFIRMED
    checkout.confirmed_at = origin.at
    checkout.next_check_at = origin.at + CHECK_DELAY
    checkout.failure_message = ""
    checkout.attempt_count += 1
    checkout.intent_id = checkout.intent_client_secret = checkout.intent_status = None
    checkout.confirmation_token_id = token_id if is_paid else None
    checkout.intent_kind = intent_kind(needs)
    checkout.intent_request = intent_request(checkout, save_method=save_method)
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


def _with_name(
    checkout_id: UUID, changes: Mapping[str, Any], form: TokenPreview | None
) -> Mapping[str, Any]:
    """The changes with the name that the payment form knows, where nobody gave one."""
    if form is None or not form.name or (changes.get("customer_name") or "").strip():
        return changes
    if Checkout.objects.filter(pk=checkout_id, customer_name__gt="").exists():
        return changes
    return {**changes, "customer_name": form.name}


def _require_sellable(checkout: Checkout) -> None:
    product, prices = checkout.product, prices_of(checkout)
    if product is None or not prices or product.deleted_at is not None:
        raise ValidationFailed.at("body", "product_id", msg="Product does not exist.", value=None)
    if product.is_archived:
        raise ValidationFailed.at(
            "body", "product_id", msg="Product is archived.", value=str(product.pk)
        )
    for price in prices:
        if price.archived_at is not None and price.source == Price.Source.CATALOG:
            raise ValidationFailed.at(
                "body", "product_price_id", msg="Price is no longer available.", value=str(price.pk)
            )
    require_sellable_quantity(checkout)


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
    problems += _settle_answers(checkout)
    if problems:
        raise ValidationFailed(problems)


def _settle_answers(checkout: Checkout) -> list[Problem]:
    """Keep the answers to what the product asks now; what is missing among them."""
    if checkout.product is None:
        return []
    questions = questions_of(checkout.product)
    try:
        answers = check_answers(questions, checkout.custom_field_data, is_final=True)
    except ValidationFailed as error:
        return error.problems
    checkout.custom_field_data = merged({}, answers)
    return []


def _missing(*path: str) -> Problem:
    return {"loc": ["body", *path], "msg": "Field is required.", "type": "missing", "input": None}
