"""What events below mean for checkouts: one operation each, in the transaction of the event."""

from __future__ import annotations

from uuid import UUID

import structlog

from apps.checkouts.errors import OutdatedCheckoutIntent
from apps.checkouts.models import Checkout
from apps.checkouts.operations import forget_buyer, handle_failure, handle_success
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.events.models import Event
from apps.events.registry import listen
from apps.payments.models import Payment, PaymentMethod
from apps.payments.operations import leave_unclaimed

log = structlog.get_logger(__name__)


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    listen("payment.succeeded", fulfil_checkout)
    listen("payment.failed", reopen_checkout)
    listen("customer.anonymized", forget_anonymized)


def fulfil_checkout(event: Event, origin: Origin) -> None:
    """Money came in for a checkout. Money for an outdated one is kept visible for staff."""
    checkout_id = _checkout_id(event)
    if checkout_id is None:
        return
    payment = Payment.objects.get(pk=event.subject_id)
    try:
        handle_success(
            checkout_id=checkout_id,
            payment=payment,
            method=_saved_method(event),
            attempt=_attempt(event),
            origin=origin,
        )
    except OutdatedCheckoutIntent as error:
        log.warning("checkout_payment_outdated", checkout=str(checkout_id), payment=payment.pk)
        leave_unclaimed(
            payment=payment, why=error.detail, checkout_id=str(checkout_id), origin=origin
        )


def reopen_checkout(event: Event, origin: Origin) -> None:
    """A payment of a checkout failed."""
    checkout_id = _checkout_id(event)
    if checkout_id is not None:
        handle_failure(
            checkout_id=checkout_id,
            attempt=_attempt(event),
            message=event.payload.get("decline_message") or "The payment failed.",
            origin=origin,
        )


def forget_anonymized(event: Event, origin: Origin) -> None:
    """A customer is about to be forgotten."""
    forget_buyer(customer=Customer.objects.get(pk=event.subject_id), origin=origin)


def _saved_method(event: Event) -> PaymentMethod | None:
    """What was saved with the payment, if that was asked for."""
    method_id = event.payload.get("payment_method_id")
    return PaymentMethod.objects.filter(pk=method_id).first() if method_id else None


def _checkout_id(event: Event) -> UUID | None:
    value = event.payload.get("checkout_id")
    if not value or not Checkout.objects.filter(pk=value).exists():
        return None
    return UUID(value)


def _attempt(event: Event) -> int | None:
    value = str(event.payload.get("attempt") or "")
    # Not isdigit: that takes a superscript two, which int refuses.
    return int(value[:18]) if value.isdecimal() else None
