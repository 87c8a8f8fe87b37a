"""Paying an order by hand that was not paid: the customer, with any card, or staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.origin import Origin
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.payments.declines import UNAVAILABLE
from apps.payments.errors import (
    ManualRetryLimitExceeded,
    OrderNotEligibleForRetry,
    OrganizationNotReadyForPayments,
    PaymentActionRequired,
    PaymentFailed,
)
from apps.payments.models import ChargeAttempt, Payment
from apps.payments.operations.attempting import request_of
from apps.payments.operations.charging import ask_for_charge
from apps.payments.operations.collecting import claim_for_attempt, draft_attempt, find_method
from apps.payments.operations.registering import register_at_processor
from apps.payments.selectors import has_open_attempt
from apps.processors.gateway import Intent

MAX_CUSTOMER_RETRIES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """
    What came of it: `status` is `succeeded`, `failed` with the reason, or `requires_action`.

    Then the customer's browser goes on with the client secret. `processing` if the outcome is not
    known yet.
    """

    status: str
    client_secret: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryWith:
    """A saved method, or a token of the payment form with the page to come back to: one of them."""

    payment_method_id: UUID | None = None
    confirmation_token_id: str | None = None
    return_url: str = ""


def retry_payment_as_customer(*, order_id: UUID, chosen: RetryWith, origin: Origin) -> Retry:
    """
    Charge an order that waits for its next try, because its customer asks for it.

    The schedule stays as it is. The order stays locked until the outcome is known. Called outside
    a transaction.

    :raises OrderNotEligibleForRetry: unless it is a pending order of a subscription with a try to
        come.
    :raises ManualRetryLimitExceeded: after five tries of the customer, whatever became of them.
    :raises PaymentAlreadyInProgress: while the outcome of another try is open.
    :raises OrganizationNotReadyForPayments: while it may not renew.
    :raises ValidationFailed: for both, or none, of a saved method and a token.
    :raises ResourceNotFound: if the customer has no such method.
    :raises ProcessorUnavailable: if the processor was not reached; nothing was charged.
    """
    if (chosen.payment_method_id is None) == (not chosen.confirmation_token_id):
        raise ValidationFailed.at(
            "body", "payment_method_id", msg="Give a saved method or a token, not both."
        )
    if chosen.confirmation_token_id:
        customer_id = Order.objects.values_list("customer_id", flat=True).get(pk=order_id)
        register_at_processor(customer_id=customer_id, origin=origin)
    attempt = _begin(order_id, chosen, Payment.Trigger.RETRY_CUSTOMER, origin)
    return _carry_out(attempt, origin)


def retry_payment_as_staff(
    *, order_id: UUID, payment_method_id: UUID | None = None, origin: Origin
) -> Retry:
    """
    Charge a pending order of a subscription because staff ask for it, with the default method.

    Any number of times, whether a try is to come or not. The schedule stays as it is. Called
    outside a transaction. Raises as `retry_payment_as_customer`.
    """
    chosen = RetryWith(payment_method_id=payment_method_id)
    return _carry_out(_begin(order_id, chosen, Payment.Trigger.RETRY_ADMIN, origin), origin)


@transaction.atomic
def _begin(order_id: UUID, chosen: RetryWith, trigger: str, origin: Origin) -> ChargeAttempt:
    order = lock_order(order_id)
    _require_eligible(order, trigger)
    if order.payment_lock_acquired_at is not None or has_open_attempt(order.pk):
        raise PaymentAlreadyInProgress
    if trigger == Payment.Trigger.RETRY_CUSTOMER:
        made = ChargeAttempt.objects.filter(order=order, trigger=trigger)
        if made.exclude(failure_code=UNAVAILABLE).count() >= MAX_CUSTOMER_RETRIES:
            raise ManualRetryLimitExceeded
    method = None
    if not chosen.confirmation_token_id:
        method = find_method(order, chosen.payment_method_id)
        if method is None and chosen.payment_method_id is not None:
            raise ResourceNotFound("The customer has no such payment method.")
        if method is None:
            raise PaymentFailed("The customer has no payment method to charge.")
    attempt = draft_attempt(order, trigger=trigger, method=method, origin=origin)
    attempt.request = request_of(attempt)
    if chosen.confirmation_token_id:
        del attempt.request["payment_method_id"]
        attempt.request |= {
            "confirmation_token": chosen.confirmation_token_id,
            "return_url": chosen.return_url,
            "save_method": False,
            "require_3ds": False,
        }
    claim_for_attempt(attempt, origin)
    return attempt


def _require_eligible(order: Order, trigger: str) -> None:
    is_pending = order.subscription_id is not None and order.status == Order.Status.PENDING
    waits = trigger == Payment.Trigger.RETRY_ADMIN or order.next_payment_attempt_at is not None
    if not is_pending or not waits:
        raise OrderNotEligibleForRetry
    if not order.organization.can("subscription_renewals"):
        raise OrganizationNotReadyForPayments


def _carry_out(attempt: ChargeAttempt, origin: Origin) -> Retry:
    try:
        intent = ask_for_charge(attempt, is_first_try=True, origin=origin)
    except (PaymentFailed, PaymentActionRequired) as error:
        return Retry(status="failed", error=error.detail)
    except PaymentAlreadyInProgress as error:
        return Retry(status="processing", error=error.detail)
    return _retry_of(intent)


def _retry_of(intent: Intent) -> Retry:
    if intent.status == "requires_action":
        return Retry(status=intent.status, client_secret=intent.client_secret)
    return Retry(status=intent.status)
