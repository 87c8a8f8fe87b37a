"""
From an attempt to charge to its outcome, whatever happens in between.

The claim of the order, the idempotency key and the whole request are committed before the
processor is asked, and no transaction is open while it is. A process that dies, or whose answer
is lost, leaves an open attempt: its order stays pending with its payment lock held, so that
nobody charges it otherwise, and `resume_charge_attempt` asks again under the same key. The
processor then answers what it answered, or would have answered, the first time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.errors import DomainError
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.operations import record
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.payments.declines import UNAVAILABLE
from apps.payments.errors import PaymentActionRequired, PaymentFailed
from apps.payments.locks import lock_charge_attempt
from apps.payments.models import ChargeAttempt
from apps.payments.operations.attempting import (
    FIRST_WAIT,
    LONGEST_WAIT,
    fail_charge_attempt,
    note_intent,
)
from apps.payments.operations.booking import book_paid_intent
from apps.payments.operations.methods import forget_payment_method
from apps.payments.operations.recording import record_charge, record_failed_intent
from apps.payments.refusals import is_gone, refused_charge
from apps.processors import gateway
from apps.processors.errors import OutcomeUnknown, PaymentError, ProcessorUnavailable
from apps.processors.gateway import Intent

# The processor forgets keys after a day; asking later could take a second payment.
KEY_LIFETIME: Final = timedelta(hours=23)
# When to look after a lost answer, without waiting for the sweep.
RETRY_SECONDS: Final = 15
# How long a customer who is there may take to authenticate.
PATIENCE: Final = timedelta(hours=1)
AUTHENTICATION_CODE: Final = "authentication_required"


def resume_charge_attempt(*, attempt_id: UUID, origin: Origin) -> None:
    """
    Find out what became of an open attempt and bring its order to its end.

    Does nothing to one that has ended. Raises nothing but ProcessorUnavailable and
    PaymentAlreadyInProgress (not known yet): the next run asks again. Once the processor may
    have forgotten the key it is not asked any more: `order.outcome_unknown` is recorded, once,
    and the order waits for what is reported.
    """
    attempt = _claim(attempt_id, origin)
    if attempt is None:
        return
    try:
        if attempt.intent_id:
            follow_intent(attempt, gateway.read_payment_intent(attempt.intent_id), origin)
        elif _age(attempt, origin) < KEY_LIFETIME:
            ask_for_charge(attempt, is_first_try=False, origin=origin)
        else:
            _leave_open(attempt.pk, origin)
    except (PaymentError, PaymentFailed, PaymentActionRequired):
        # The attempt has ended; there is nobody here to tell.
        return


def ask_for_charge(attempt: ChargeAttempt, *, is_first_try: bool, origin: Origin) -> Intent:
    """
    Ask the processor for the charge of an open attempt and do what its answer means.

    The intent as it was answered: paid, under way, or waiting for a customer who is there. Called
    outside a transaction. Asking again, whoever does, takes no second payment.

    :raises PaymentFailed, PaymentActionRequired: it was refused; the attempt has failed.
    :raises ProcessorUnavailable: it was not reached. A first try has failed; otherwise the attempt
        stays open, since an earlier try may have got through.
    :raises PaymentAlreadyInProgress: the answer was lost; the attempt stays open.
    """
    try:
        intent = _ask(attempt)
    except PaymentError as error:
        raise _refused(attempt, error, origin) from error
    except ProcessorUnavailable as error:
        if is_first_try:
            _withdraw(attempt, error.detail, origin)
        raise
    except OutcomeUnknown as error:
        look_again_soon(attempt)
        raise PaymentAlreadyInProgress(error.detail) from error
    if intent.status != "succeeded" or intent.settlement is None:
        attempt = note_intent(attempt_id=attempt.pk, intent_id=intent.id, origin=origin)
    try:
        follow_intent(attempt, intent, origin)
    except (PaymentError, ProcessorUnavailable, OutcomeUnknown):
        # It has the intent and cannot say more just now, or would not withdraw it.
        look_again_soon(attempt)
    return intent


def _ask(attempt: ChargeAttempt) -> Intent:
    request = {**attempt.request}
    # In one order, whether just made or read back: the processor compares the whole request.
    request["metadata"] = dict(sorted(request["metadata"].items()))
    if "confirmation_token" in request:
        return gateway.confirm_payment_intent(key=attempt.key, **request)
    return gateway.charge_off_session(key=attempt.key, **request)


def _refused(attempt: ChargeAttempt, error: PaymentError, origin: Origin) -> DomainError:
    """End the attempt; the error the caller is to be told."""
    code = error.decline_code or error.error_code or error.type
    with transaction.atomic():
        if error.intent is not None:
            # What the webhook will tell too: whoever comes second changes nothing.
            _record_refusal(error.intent, origin)
        fail_charge_attempt(attempt_id=attempt.pk, code=code, message=error.detail, origin=origin)
        if is_gone(error) and attempt.payment_method_id is not None:
            # Detached over there, or never the customer's: it can be charged no more.
            forget_payment_method(payment_method_id=attempt.payment_method_id, origin=origin)
    if AUTHENTICATION_CODE in (error.error_code, error.decline_code):
        return PaymentActionRequired(error.detail)
    return PaymentFailed(error.detail)


def _record_refusal(intent: Intent, origin: Origin) -> None:
    charge = refused_charge(intent, at=origin.at)
    if charge is not None:
        record_charge(charge=charge, origin=origin)
    else:
        record_failed_intent(intent=intent, origin=origin)


def follow_intent(attempt: ChargeAttempt, intent: Intent, origin: Origin) -> None:
    """
    Do what the state of an attempt's intent asks for; one under way is left to the next look.

    :raises PaymentFailed, PaymentActionRequired: it came to nothing; the attempt has failed.
    """
    if intent.status == "succeeded":
        book_paid_intent(intent=intent, origin=origin)
    elif intent.status == "requires_action":
        if _is_customer_there(attempt) and _age(attempt, origin) < PATIENCE:
            return
        # Nobody is there to act, and nobody shall pay it later beside another attempt.
        gateway.cancel_payment_intent(key=f"cancel:{intent.id}", intent_id=intent.id)
        refusal = PaymentActionRequired()
        fail_charge_attempt(
            attempt_id=attempt.pk, code=AUTHENTICATION_CODE, message=refusal.detail, origin=origin
        )
        raise refusal
    elif intent.status in ("requires_payment_method", "canceled"):
        _withdraw_failed(attempt, intent)
        failure = PaymentFailed(intent.error_message)
        code = intent.decline_code or intent.error_code or intent.status
        with transaction.atomic():
            _record_refusal(intent, origin)
            fail_charge_attempt(
                attempt_id=attempt.pk, code=code, message=failure.detail, origin=origin
            )
        raise failure


def _withdraw_failed(attempt: ChargeAttempt, intent: Intent) -> None:
    """Take a failed intent out of the hands of a customer who could still complete it."""
    if _is_customer_there(attempt) and intent.status != "canceled":
        gateway.cancel_payment_intent(key=f"cancel:{intent.id}", intent_id=intent.id)


def _is_customer_there(attempt: ChargeAttempt) -> bool:
    return "confirmation_token" in attempt.request


@transaction.atomic
def _withdraw(attempt: ChargeAttempt, message: str, origin: Origin) -> None:
    """Give up an attempt that did not reach the processor, unless a sweep has taken it up."""
    lock_order(attempt.order_id)
    present = lock_charge_attempt(attempt.pk)
    if not present.intent_id and present.next_check_at == attempt.next_check_at:
        fail_charge_attempt(attempt_id=attempt.pk, code=UNAVAILABLE, message=message, origin=origin)


@transaction.atomic
def _claim(attempt_id: UUID, origin: Origin) -> ChargeAttempt | None:
    """
    Push the next look ahead, so that two sweeps do not do the same.

    The payment lock is renewed with it: it does not grow stale while the outcome is open.
    """
    order_id = ChargeAttempt.objects.values_list("order_id", flat=True).get(pk=attempt_id)
    order = lock_order(order_id)
    attempt = lock_charge_attempt(attempt_id)
    if attempt.status != ChargeAttempt.Status.OPEN:
        return None
    attempt.next_check_at = origin.at + min(LONGEST_WAIT, max(FIRST_WAIT, _age(attempt, origin)))
    attempt.save(update_fields=["next_check_at"])
    if order.status == Order.Status.PENDING:
        order.payment_lock_acquired_at = origin.at
        order.save(update_fields=["payment_lock_acquired_at"])
    return attempt


@transaction.atomic
def _leave_open(attempt_id: UUID, origin: Origin) -> None:
    """Look after the attempt no more, without ending it: that blocks every other charge."""
    attempt = lock_charge_attempt(attempt_id)
    if attempt.status != ChargeAttempt.Status.OPEN or attempt.next_check_at is None:
        return
    attempt.next_check_at = None
    attempt.save(update_fields=["next_check_at"])
    record(
        "order.outcome_unknown",
        subject=attempt.order,
        organization_id=attempt.organization_id,
        origin=origin,
        payload={"charge_attempt_id": str(attempt.pk), "key": attempt.key},
    )


def _age(attempt: ChargeAttempt, origin: Origin) -> timedelta:
    return origin.at - attempt.created_at


@transaction.atomic
def look_again_soon(attempt: ChargeAttempt) -> None:
    """Find out what became of an attempt without waiting for the sweep."""
    enqueue(
        "payments.resume_charge_attempt",
        queue="high",
        countdown=RETRY_SECONDS,
        attempt_id=str(attempt.pk),
    )
