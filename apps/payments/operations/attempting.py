"""The attempts to charge an order without its buyer: begun, known, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.core.origin import Origin
from apps.core.rows import save_fields
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.orders.operations import (
    claim_draft_order,
    release_payment_lock,
    return_order_to_draft,
)
from apps.orders.operations.announcing import announce_order
from apps.orders.operations.numbering import allocate_receipt_number
from apps.orders.operations.paying import pay_locked_order
from apps.orders.selectors import listed_items
from apps.orders.states import ORDER
from apps.payments.declines import is_recoverable
from apps.payments.errors import PaymentFailed
from apps.payments.locks import lock_charge_attempt
from apps.payments.models import ChargeAttempt, Payment, PaymentMethod
from apps.payments.operations.unclaiming import leave_unclaimed
from apps.payments.selectors import attempt_by_id
from apps.payments.states import CHARGE_ATTEMPT

# Names the attempt on its intent and its charges, so that what is reported finds it again.
ATTEMPT_KEY: Final = "charge_attempt_id"
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(minutes=30)
# The processor's limit for the whole statement line.
DESCRIPTOR_LENGTH: Final = 22
TRIAL_OVER: Final = " TRIAL OVER"


@transaction.atomic
def begin_charge_attempt(
    *, order_id: UUID, payment_method_id: UUID | None, origin: Origin
) -> ChargeAttempt:
    """
    Claim a draft and write down what will be asked of the processor.

    Without `payment_method_id` the customer's default method is charged.

    :raises OrderNotDraft: if somebody else has claimed the order, or it is no draft.
    :raises PaymentFailed: if the customer has no method to charge.
    :raises ValidationFailed: if the method asked for is not the customer's.
    """
    order = claim_draft_order(order_id=order_id, origin=origin)
    method = _method(order, payment_method_id)
    attempt = ChargeAttempt(
        pk=new_id(),
        created_at=origin.at,
        organization_id=order.organization_id,
        order=order,
        payment_method=method,
        next_check_at=origin.at + FIRST_WAIT,
    )
    attempt.key = _key(order, method)
    attempt.request = request_of(attempt)
    attempt.save(force_insert=True)
    return attempt


@transaction.atomic
def note_intent(*, attempt_id: UUID, intent_id: str, origin: Origin) -> ChargeAttempt:
    """Keep the processor's id of an attempt, so that it is read from now on, not asked again."""
    attempt = lock_charge_attempt(attempt_id)
    if not attempt.intent_id:
        attempt.intent_id = intent_id
        attempt.modified_at = origin.at
        attempt.save(update_fields=["intent_id", "modified_at"])
    return attempt


@transaction.atomic
def fail_charge_attempt(
    *,
    attempt_id: UUID,
    code: str,
    message: str,
    payment: Payment | None = None,
    origin: Origin,
) -> None:
    """
    End an open attempt; one that has ended stays as it is.

    A draft that was being finalized is a draft again. An order that is collected stays pending, is
    free for the next try, and `order.payment_failed` is recorded.
    """
    attempt = _locked(attempt_id)
    if attempt.status != ChargeAttempt.Status.OPEN:
        return
    CHARGE_ATTEMPT.require(attempt.status, ChargeAttempt.Status.FAILED)
    attempt.status = ChargeAttempt.Status.FAILED
    attempt.failure_code, attempt.failure_message = code[:80], message
    _close(attempt, origin)
    if attempt.kind == ChargeAttempt.Kind.COLLECT:
        release_payment_lock(order_id=attempt.order_id, origin=origin)
        report_failure(attempt=attempt, payment=payment, origin=origin)
    else:
        return_order_to_draft(order_id=attempt.order_id, message=message, origin=origin)


def report_failure(*, attempt: ChargeAttempt, payment: Payment | None, origin: Origin) -> None:
    """Tell that an order was not paid: what was tried, and why it failed."""
    order = attempt.order
    announce_order(
        order,
        "order.payment_failed",
        origin=origin,
        charge_attempt_id=str(attempt.pk),
        payment_id=str(payment.pk) if payment else None,
        subscription_id=str(order.subscription_id) if order.subscription_id else None,
        due_amount=order.due_amount,
        trigger=attempt.trigger,
        payment_method_id=str(attempt.payment_method_id) if attempt.payment_method_id else None,
        has_method=attempt.payment_method_id is not None,
        decline_reason=attempt.failure_code,
        decline_message=attempt.failure_message,
        is_recoverable=is_recoverable(attempt.failure_code),
    )


@transaction.atomic(savepoint=False)
def settle_charge_attempt(*, attempt_id: UUID, payment: Payment, origin: Origin) -> None:
    """
    Make the order of an attempt paid by `payment`, once.

    Money that the order has no use for (another payment came first, the order was given up, the
    amount differs) is left unclaimed, for staff to see.
    """
    attempt = _locked(attempt_id)
    if attempt.status != ChargeAttempt.Status.SUCCEEDED:
        CHARGE_ATTEMPT.require(attempt.status, ChargeAttempt.Status.SUCCEEDED)
        attempt.status = ChargeAttempt.Status.SUCCEEDED
        attempt.intent_id = attempt.intent_id or payment.intent_id
        _close(attempt, origin)
    order = attempt.order
    trouble = _trouble(order, payment)
    if trouble:
        leave_unclaimed(payment=payment, why=trouble, order_id=str(order.pk), origin=origin)
        return
    payment.order = order
    paid = pay_locked_order(order=order, origin=origin)
    allocate_receipt_number(order=paid, origin=origin)


def _locked(attempt_id: UUID) -> ChargeAttempt:
    """The attempt with its order, both locked in the order that everyone locks them."""
    found = attempt_by_id(attempt_id)
    order = lock_order(found.order_id) if found is not None else None
    attempt = lock_charge_attempt(attempt_id)
    if order is not None:
        # As it is under its lock, so that nobody has to read it again.
        attempt.order = order
    return attempt


def _close(attempt: ChargeAttempt, origin: Origin) -> None:
    attempt.next_check_at = None
    attempt.modified_at = origin.at
    save_fields(
        attempt,
        "status",
        "failure_code",
        "failure_message",
        "intent_id",
        "next_check_at",
        "modified_at",
    )


def _trouble(order: Order, payment: Payment) -> str:
    if payment.order_id != order.pk:
        return "The payment names another order."
    others = Payment.objects.filter(order=order, status=Payment.Status.SUCCEEDED)
    if order.is_paid and others.exclude(pk=payment.pk).exists():
        return "The order has been paid by another payment."
    if (payment.amount, payment.currency) != (order.due_amount, order.currency):
        return "The amount is not what the order asks for."
    movable = order.is_paid or order.status == Order.Status.DRAFT
    if not movable and not ORDER.allows(order.status, Order.Status.PAID):
        return f"The order is {order.status}."
    return ""


def _method(order: Order, payment_method_id: UUID | None) -> PaymentMethod:
    if order.customer.deleted_at is not None:
        raise PaymentFailed("The customer has been deleted.")
    wanted = payment_method_id or order.customer.default_payment_method_id
    rows = PaymentMethod.objects.filter(customer_id=order.customer_id, deleted_at=None)
    method = rows.filter(pk=wanted).first() if wanted else None
    if method is not None and order.customer.processor_customer_id:
        return method
    if payment_method_id is not None:
        raise ValidationFailed.at(
            "body",
            "payment_method_id",
            msg="The customer has no such payment method.",
            value=str(payment_method_id),
        )
    raise PaymentFailed("The customer has no payment method to charge.")


def _key(order: Order, method: PaymentMethod) -> str:
    """
    One key for each try: the processor answers a repeated key as it did the first time.

    A further try with the same method begins only once the one before is known to have failed.
    """
    earlier = ChargeAttempt.objects.filter(order=order, payment_method=method).count()
    key = f"order_finalize:{order.pk}:{method.pk}"
    return f"{key}:{earlier + 1}" if earlier else key


def request_of(attempt: ChargeAttempt) -> dict[str, Any]:
    """What will be asked of the processor, word for word: `gateway.charge_off_session`."""
    order = attempt.order
    organization, address = order.organization, order.billing_address or {}
    metadata = {
        ATTEMPT_KEY: str(attempt.pk),
        "order_id": str(order.pk),
        "organization_id": str(organization.pk),
        "payment_trigger": attempt.trigger,
        "tax_amount": str(order.tax_amount),
        "type": "product",
    }
    metadata |= {f"tax_{part}": address[part] for part in ("country", "state") if address.get(part)}
    item = next(iter(listed_items(order)), None)
    method = attempt.payment_method
    return {
        "amount": order.due_amount,
        "currency": order.currency,
        "customer_id": order.customer.processor_customer_id,
        "payment_method_id": method.processor_id if method else None,
        "description": f"{organization.name}: {item.label if item else ''}"[:500],
        "statement_suffix": _statement_suffix(order),
        "metadata": metadata,
    }


def _statement_suffix(order: Order) -> str:
    """What the statement says beside the platform's name: who sold, and that a trial is over."""
    room = DESCRIPTOR_LENGTH - 2 - len(settings.STATEMENT_DESCRIPTOR_PREFIX)
    slug = order.organization.slug.upper()
    if order.billing_reason == Order.BillingReason.SUBSCRIPTION_CYCLE_AFTER_TRIAL:
        suffix = slug[: max(0, room - len(TRIAL_OVER))] + TRIAL_OVER
    else:
        suffix = slug[:room]
    # The processor wants a letter in it.
    return suffix if any(letter.isalpha() for letter in suffix) else ""
