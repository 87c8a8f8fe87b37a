"""
Collecting: charging a pending order without its customer, once per try.

Each try is a `ChargeAttempt` of its own, committed before the processor is asked. As long as the
outcome of one is open, there is no other. A failure, want of a method included, is told as
`order.payment_failed`; when to try again is decided by whoever owns the order.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceNotFound, Unavailable
from apps.core.ids import new_id
from apps.core.jobs import enqueue
from apps.core.money import minimum_amount
from apps.core.origin import Origin
from apps.core.prepared import ID_MARK, Prepared
from apps.core.rows import insert_row
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.orders.operations import pay_order
from apps.orders.operations.payment_lock import hold_locked_order
from apps.payments.declines import MISSING_METHOD
from apps.payments.errors import PaymentActionRequired, PaymentFailed
from apps.payments.models import ChargeAttempt, Payment, PaymentMethod
from apps.payments.operations.attempting import FIRST_WAIT, report_failure, request_of
from apps.payments.operations.charging import ask_for_charge, look_again_soon
from apps.payments.selectors import attempt_by_id, attempts_of
from apps.wallets.operations import carry_over

_method = Prepared(lambda value: PaymentMethod.objects.filter(pk=value), mark=ID_MARK)
NO_METHOD: str = "The customer has no payment method to charge."


def collect_order(
    *, order_id: UUID, trigger: str, payment_method_id: UUID | None = None, origin: Origin
) -> ChargeAttempt | None:
    """
    Charge what a pending order has due; the attempt as it stands then, None if there was none.

    `trigger` is a `Payment.Trigger`. Without `payment_method_id` the customer's default method
    is charged. A refusal raises nothing: the attempt has failed and `order.payment_failed` is
    recorded. A processor that is not reached, or whose answer is lost, leaves the attempt open,
    and it is looked after. Nothing happens to an order that is not pending, nor while its
    organization may not charge; one with too little due to be charged is paid by a debt of the
    customer. Called outside a transaction.

    :raises PaymentAlreadyInProgress: while the outcome of another try is open.
    """
    attempt = begin_collection(
        order_id=order_id, trigger=trigger, payment_method_id=payment_method_id, origin=origin
    )
    if attempt is None or attempt.status != ChargeAttempt.Status.OPEN:
        return attempt
    return charge_collection(attempt_id=attempt.pk, origin=origin)


@transaction.atomic
def dispatch_collection(
    *,
    order_id: UUID,
    trigger: str,
    payment_method_id: UUID | None = None,
    order: Order | None = None,
    origin: Origin,
) -> ChargeAttempt | None:
    """
    Begin what `collect_order` does and leave the asking to a worker, after the commit.

    A worker that never hears of it is made up for by the sweep of open attempts. `order` is given
    by a caller who has locked it in this transaction.

    :raises PaymentAlreadyInProgress: while the outcome of another try is open.
    """
    attempt = begin_collection(
        order_id=order_id,
        trigger=trigger,
        payment_method_id=payment_method_id,
        order=order,
        origin=origin,
    )
    if attempt is not None and attempt.status == ChargeAttempt.Status.OPEN:
        enqueue("payments.charge_collection", queue="high", attempt_id=str(attempt.pk))
    return attempt


@transaction.atomic(savepoint=False)
def begin_collection(
    *,
    order_id: UUID,
    trigger: str,
    payment_method_id: UUID | None = None,
    order: Order | None = None,
    origin: Origin,
) -> ChargeAttempt | None:
    """
    Claim a pending order for one try and write down what will be asked of the processor.

    None where there is nothing to charge, see `collect_order`. Without a method to charge the
    attempt has failed already, and `order.payment_failed` is recorded. `order` as in
    `dispatch_collection`.

    :raises PaymentAlreadyInProgress: while the outcome of another try is open.
    """
    order = order or lock_order(order_id)
    if order.status != Order.Status.PENDING or not order.organization.can(_capability(trigger)):
        return None
    earlier = attempts_of(order.pk)
    is_open = any(attempt.status == ChargeAttempt.Status.OPEN for attempt in earlier)
    if order.payment_lock_acquired_at is not None or is_open:
        raise PaymentAlreadyInProgress
    if order.due_amount < minimum_amount(order.currency):
        _settle_without_charge(order, origin)
        return None
    method = find_method(order, payment_method_id)
    attempt = draft_attempt(
        order, trigger=trigger, method=method, number=len(earlier) + 1, origin=origin
    )
    if method is None:
        attempt.status = ChargeAttempt.Status.FAILED
        attempt.failure_code, attempt.failure_message = MISSING_METHOD, NO_METHOD
        insert_row(attempt)
        report_failure(attempt=attempt, payment=None, origin=origin)
        return attempt
    attempt.request = request_of(attempt)
    claim_for_attempt(attempt, origin)
    return attempt


def charge_collection(*, attempt_id: UUID, origin: Origin) -> ChargeAttempt:
    """
    Ask the processor for an attempt that was begun; the attempt as it stands then.

    Whoever comes second, or comes again, takes no second payment. Called outside a transaction.
    """
    attempt = _attempt(attempt_id)
    if attempt.status != ChargeAttempt.Status.OPEN:
        return attempt
    try:
        # Never as the first try: nobody waits for the answer, so it may well come later.
        ask_for_charge(attempt, is_first_try=False, origin=origin)
    except Unavailable:
        look_again_soon(attempt)
    except (PaymentFailed, PaymentActionRequired, PaymentAlreadyInProgress):
        # Recorded with the attempt; there is nobody here to tell.
        pass
    return _attempt(attempt_id)


def draft_attempt(
    order: Order,
    *,
    trigger: str,
    method: PaymentMethod | None,
    number: int | None = None,
    origin: Origin,
) -> ChargeAttempt:
    """
    An attempt to collect a locked order, not saved yet; its key is one of its own.

    `number` says how many there are with it, from a caller who knows.
    """
    number = number or len(attempts_of(order.pk)) + 1
    return ChargeAttempt(
        pk=new_id(),
        created_at=origin.at,
        organization_id=order.organization_id,
        order=order,
        payment_method=method,
        kind=ChargeAttempt.Kind.COLLECT,
        trigger=trigger,
        key=f"order_collect:{order.pk}:{number}",
        request={},
    )


def claim_for_attempt(attempt: ChargeAttempt, origin: Origin) -> None:
    """Save an open attempt and hold the payment lock of its order until its outcome is known."""
    hold_locked_order(order=attempt.order, origin=origin)
    attempt.next_check_at = origin.at + FIRST_WAIT
    insert_row(attempt)


def find_method(order: Order, payment_method_id: UUID | None) -> PaymentMethod | None:
    """The living method of the order's customer, their default one unless told otherwise."""
    customer = order.customer
    if customer.deleted_at is not None or not customer.processor_customer_id:
        return None
    wanted = payment_method_id or customer.default_payment_method_id
    if wanted is None:
        return None
    found = _method.first(wanted)
    is_theirs = found is not None and found.customer_id == customer.pk
    return found if is_theirs and found is not None and found.deleted_at is None else None


def _attempt(attempt_id: UUID) -> ChargeAttempt:
    found = attempt_by_id(attempt_id)
    if found is None:
        raise ResourceNotFound
    return found


def _capability(trigger: str) -> str:
    is_purchase = trigger == Payment.Trigger.PURCHASE
    return "checkout_payments" if is_purchase else "subscription_renewals"


def _settle_without_charge(order: Order, origin: Origin) -> None:
    """Nothing is due, or less than the processor charges: the customer owes it until next time."""
    due = order.due_amount
    # First what locks a subscription, then what locks a wallet: as renewals do.
    pay_order(order_id=order.pk, origin=origin)
    if due:
        carry_over(
            customer_id=order.customer_id,
            organization_id=order.organization_id,
            currency=order.currency,
            order_id=order.pk,
            amount=due,
            origin=origin,
        )
