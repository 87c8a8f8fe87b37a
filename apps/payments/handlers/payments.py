"""What payments and other events mean for what is kept here: one operation each."""

from __future__ import annotations

from uuid import UUID

import structlog

from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.core.timers import Timer, register_timer
from apps.customers.models import Customer
from apps.events.models import Event
from apps.events.registry import listen
from apps.ledger.claims import register_claims
from apps.orders.errors import PaymentAlreadyInProgress
from apps.payments.models import Payment
from apps.payments.operations import (
    fail_charge_attempt,
    forget_payer,
    resume_charge_attempt,
    settle_charge_attempt,
)
from apps.payments.operations.attempting import ATTEMPT_KEY
from apps.payments.selectors import attempt_by_id, has_open_attempt, open_attempts_by
from apps.payments.selectors.claims import refund_claims

log = structlog.get_logger(__name__)


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    listen("payment.succeeded", settle_order)
    listen("payment.failed", return_order)
    listen("order.voided", refuse_while_charging)
    listen("customer.anonymized", forget_anonymized)
    register_claims(refund_claims)
    # After whatever may have come of them by itself.
    register_timer(
        Timer(name="payments.open_attempts", due=open_attempts_by, run=look_after, rank=70)
    )


def settle_order(event: Event, origin: Origin) -> None:
    """Money came in for an order."""
    payment = _payment_of(event)
    attempt_id = _attempt_of(payment)
    if attempt_id is not None:
        settle_charge_attempt(attempt_id=attempt_id, payment=payment, origin=origin)


def return_order(event: Event, origin: Origin) -> None:
    """A charge of an order failed; a late message about an earlier attempt changes nothing."""
    payment = _payment_of(event)
    attempt_id = _attempt_of(payment)
    if attempt_id is not None:
        fail_charge_attempt(
            attempt_id=attempt_id,
            code=payment.decline_reason or "",
            message=payment.decline_message or "The payment failed.",
            payment=payment,
            origin=origin,
        )


def refuse_while_charging(event: Event, origin: Origin) -> None:
    """
    An order is about to be given up; its error undoes that.

    The payment lock says the same, but may have grown stale while no worker ran.

    :raises PaymentAlreadyInProgress: if the outcome of a charge is still open.
    """
    if has_open_attempt(UUID(event.subject_id)):
        raise PaymentAlreadyInProgress


def look_after(attempt_id: UUID, origin: Origin) -> None:
    """A test clock has come to when an open attempt is to be looked after."""
    try:
        resume_charge_attempt(attempt_id=attempt_id, origin=origin)
    except DomainError as error:
        # Still open: it is due again later.
        log.warning("charge_attempt_not_resumed", attempt=str(attempt_id), error=error.code)


def forget_anonymized(event: Event, origin: Origin) -> None:
    """A customer is about to be forgotten."""
    forget_payer(customer=Customer.objects.get(pk=event.subject_id), origin=origin)


def _payment_of(event: Event) -> Payment:
    """The payment as whoever told of it has it: what is set here is set there."""
    row = event.subject_row
    return row if isinstance(row, Payment) else Payment.objects.get(pk=event.subject_id)


def _attempt_of(payment: Payment) -> UUID | None:
    value = payment.processor_metadata.get(ATTEMPT_KEY)
    if not value:
        return None
    try:
        attempt = attempt_by_id(UUID(value))
    except ValueError:
        return None
    is_theirs = attempt is not None and attempt.organization_id == payment.organization_id
    return attempt.pk if attempt is not None and is_theirs else None
