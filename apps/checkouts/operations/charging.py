"""
From a confirmed checkout to an outcome, whatever happens in between.

One attempt has one idempotency key (checkout and attempt number) and one request, both
committed before the processor is asked. Asking again is therefore always safe: a process that
died before, during or after the call is taken up by `resume_checkout`, and the processor answers
what it answered, or would have answered, the first time. No transaction is open, and no row
locked, while the processor is asked; the status `confirmed` keeps everyone else out.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.checkouts.locks import lock_checkout
from apps.checkouts.models import Checkout
from apps.checkouts.operations.settling import handle_failure, handle_success
from apps.core.errors import DomainError
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.operations import record
from apps.payments.operations import (
    book_paid_intent,
    refresh_at_processor,
    register_at_processor,
)
from apps.processors import gateway
from apps.processors.errors import OutcomeUnknown, PaymentError, ProcessorUnavailable
from apps.processors.gateway import Intent

# The processor forgets keys after a day; asking later could take a second payment.
KEY_LIFETIME: Final = timedelta(hours=23)
FIRST_WAIT: Final = timedelta(minutes=1)
# What to look at soon after an answer was lost, without waiting for the sweep.
RETRY_SECONDS: Final = 15


def charge_attempt(*, checkout: Checkout, is_first_try: bool, origin: Origin) -> Checkout:
    """
    Ask the processor for the payment of the present attempt and keep its answer.

    :raises PaymentError: it was refused; the checkout is open again.
    :raises ProcessorUnavailable: it was not reached. After a first try the checkout is open
        again; later it stays confirmed, since an earlier try may have got through.
    """
    attempt = checkout.attempt_count
    try:
        if _is_served_by_former_intent(checkout, origin):
            return Checkout.objects.get(pk=checkout.pk)
        intent = _ask(checkout, origin)
    except PaymentError as error:
        handle_failure(
            checkout_id=checkout.pk, attempt=attempt, message=error.detail, origin=origin
        )
        raise
    except ProcessorUnavailable as error:
        if is_first_try:
            _withdraw(checkout, error.detail, origin)
        raise
    except OutcomeUnknown:
        with transaction.atomic():
            enqueue(
                "checkouts.resume_checkout",
                queue="high",
                countdown=RETRY_SECONDS,
                checkout_id=str(checkout.pk),
            )
        return checkout
    return _note_intent(checkout.pk, attempt, intent, origin)


def resume_checkout(*, checkout_id: UUID, origin: Origin) -> None:
    """
    Find out what became of a confirmed checkout and bring it to its end.

    For a checkout whose process died, whose answer was lost or whose webhooks never came; one
    whose buyer still has time to authenticate is left alone until its time is over. Does nothing
    to a checkout in any other state, nor to one that was left to people: after a day without an
    outcome it records `checkout.outcome_unknown`, once.

    :raises ProcessorUnavailable, OutcomeUnknown: not now; the next run asks again.
    """
    checkout = _claim(checkout_id, origin)
    if checkout is None:
        return
    if checkout.intent_request is None:
        handle_success(checkout_id=checkout.pk, payment=None, origin=origin)
        return
    try:
        if checkout.intent_id is None:
            if _age(checkout, origin) >= KEY_LIFETIME:
                _give_up(checkout.pk, origin)
                return
            checkout = charge_attempt(checkout=checkout, is_first_try=False, origin=origin)
        if checkout.status == Checkout.Status.CONFIRMED and checkout.intent_id:
            _follow(checkout, gateway.read_intent(checkout.intent_id), origin)
    except PaymentError:
        # The refusal has opened the checkout again; there is nobody here to tell.
        return


def withdraw_former_intent(*, checkout_id: UUID, origin: Origin) -> None:
    """
    Take the failed intent of an open or expired checkout out of the buyer's hands.

    Soon after the failure, so that nobody completes it once the checkout asks for something
    else; the next attempt, or the expiry, makes sure of it again. One that has been paid already
    is booked, which makes the order of the checkout; one withdrawn before is left alone.

    :raises ProcessorUnavailable, OutcomeUnknown: not now; calling again is safe.
    """
    checkout = Checkout.objects.get(pk=checkout_id)
    former = checkout.outdated_intent_id
    if former is None or checkout.status not in (Checkout.Status.OPEN, Checkout.Status.EXPIRED):
        return
    key = f"{_withdrawal_key(checkout)}:{checkout.status}"
    try:
        gateway.cancel_intent(key=key, intent_id=former)
    except PaymentError:
        intent = gateway.read_intent(former)
        if intent.status == "succeeded":
            book_paid_intent(intent=intent, origin=origin)


def _age(checkout: Checkout, origin: Origin) -> timedelta:
    return origin.at - (checkout.confirmed_at or origin.at)


@transaction.atomic
def _claim(checkout_id: UUID, origin: Origin) -> Checkout | None:
    """Push the next look ahead, ever further, so that two sweeps do not do the same."""
    checkout = lock_checkout(checkout_id)
    if checkout.status != Checkout.Status.CONFIRMED or checkout.next_check_at is None:
        return None
    checkout.next_check_at = origin.at + max(FIRST_WAIT, _age(checkout, origin))
    checkout.save(update_fields=["next_check_at"])
    return checkout


@transaction.atomic
def _give_up(checkout_id: UUID, origin: Origin) -> None:
    """Ask no more, since asking might now charge, and tell staff. It stays confirmed."""
    checkout = lock_checkout(checkout_id)
    checkout.next_check_at = None
    checkout.save(update_fields=["next_check_at"])
    record(
        "checkout.outcome_unknown",
        subject=checkout,
        organization_id=checkout.organization_id,
        origin=origin,
        payload={"attempt": checkout.attempt_count},
    )


def _ask(checkout: Checkout, origin: Origin) -> Intent:
    if checkout.customer_id is None or checkout.intent_request is None:
        raise ValueError("Only a confirmed checkout with something to pay is charged.")
    customer_id = register_at_processor(customer_id=checkout.customer_id, origin=origin)
    key = f"checkout:{checkout.pk}:{checkout.attempt_count}"
    # The details there are for people to read; the sale does not hang on them.
    with contextlib.suppress(DomainError):
        refresh_at_processor(customer_id=checkout.customer_id, key=f"{key}:customer")
    # In one order, whether just made or read back: the processor compares the whole request.
    request = {**checkout.intent_request}
    request["metadata"] = dict(sorted(request["metadata"].items()))
    if checkout.intent_kind == Checkout.IntentKind.SETUP:
        return gateway.confirm_setup_intent(key=key, customer_id=customer_id, **request)
    return gateway.confirm_payment_intent(key=key, customer_id=customer_id, **request)


def _is_served_by_former_intent(checkout: Checkout, origin: Origin) -> bool:
    """
    Withdraw the intent of the attempt before, so that it cannot be paid beside the next one.

    If it has been paid meanwhile, that payment is the one.
    """
    former = checkout.outdated_intent_id
    if former is None or checkout.intent_id is not None:
        return False
    try:
        gateway.cancel_intent(key=_withdrawal_key(checkout), intent_id=former)
    except PaymentError:
        intent = gateway.read_intent(former)
        if intent.status == "succeeded" and intent.kind == "payment":
            book_paid_intent(intent=intent, origin=origin)
            return True
        # Whatever is not withdrawn may still be paid, beside the next one. A method that was
        # saved after all costs nobody anything.
        if intent.status not in ("canceled", "succeeded"):
            raise
    return False


def _withdrawal_key(checkout: Checkout) -> str:
    """Another one for each attempt: the processor repeats a refusal for a day under one key."""
    return f"cancel:{checkout.outdated_intent_id}:{checkout.attempt_count}"


@transaction.atomic
def _note_intent(checkout_id: UUID, attempt: int, intent: Intent, origin: Origin) -> Checkout:
    checkout = lock_checkout(checkout_id)
    if checkout.status == Checkout.Status.CONFIRMED and checkout.attempt_count == attempt:
        checkout.intent_id = intent.id
        checkout.intent_status = intent.status
        checkout.intent_client_secret = intent.client_secret
        checkout.modified_at = origin.at
        checkout.save(
            update_fields=["intent_id", "intent_status", "intent_client_secret", "modified_at"]
        )
    return checkout


@transaction.atomic
def _withdraw(checkout: Checkout, message: str, origin: Origin) -> None:
    """Open the checkout again, unless a sweep has taken the attempt up meanwhile."""
    present = lock_checkout(checkout.pk)
    if present.intent_id is None and present.next_check_at == checkout.next_check_at:
        handle_failure(
            checkout_id=checkout.pk,
            attempt=checkout.attempt_count,
            message=message,
            origin=origin,
        )


def _follow(checkout: Checkout, intent: Intent, origin: Origin) -> None:
    if intent.status == "succeeded" and intent.kind == "setup":
        handle_success(checkout_id=checkout.pk, payment=None, setup=intent, origin=origin)
    elif intent.status == "succeeded":
        book_paid_intent(intent=intent, origin=origin)
    elif intent.status in ("requires_payment_method", "canceled"):
        _reopen(checkout, intent, origin)
    elif intent.status == "requires_action" and checkout.expires_at <= origin.at:
        canceled = gateway.cancel_intent(key=f"cancel:{intent.id}", intent_id=intent.id)
        _reopen(checkout, canceled, origin)


def _reopen(checkout: Checkout, intent: Intent, origin: Origin) -> None:
    handle_failure(
        checkout_id=checkout.pk,
        attempt=checkout.attempt_count,
        message=intent.error_message or "The payment was not completed.",
        origin=origin,
    )
