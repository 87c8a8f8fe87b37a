"""Money that no order has a use for goes back to whoever paid it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.core.plans import Plan
from apps.orders.refunds import Parts
from apps.payments.errors import (
    RefundDisputedPayment,
    RefundedAlready,
    RefundInProgress,
    RefundUnknownPayment,
)
from apps.payments.locks import lock_payment_row
from apps.payments.models import Payment, Refund
from apps.payments.operations.refunds.asking import ask_for_refund
from apps.payments.operations.refunds.planning import planned_refund
from apps.payments.operations.refunds.refunding import RefundInput, write_refund
from apps.payments.selectors import has_unanswered_refund, returned_amount


def plan_return_payment(*, payment_id: UUID, origin: Origin) -> Plan:
    """What `return_payment` would do now. Raises as it does, but asks nobody."""
    payment = Payment.objects.select_related("organization").get(pk=payment_id)
    return planned_refund(
        None, payment, returnable_parts(payment), revoke_benefits=False, origin=origin
    )


def return_payment(
    *, payment_id: UUID, source: str, agreed: str | None = None, origin: Origin
) -> Refund:
    """
    Give all that is left of a payment without an order back to its payer.

    Called outside a transaction.

    :raises RefundUnknownPayment: for a payment that pays something, or is not in the books yet.
    :raises RefundedAlready: if nothing is left of it.
    :raises RefundInProgress: while the outcome of another refund is open, or of this one.
    :raises RefundDisputedPayment, RefundRefused: if the processor will not.
    :raises ProcessorUnavailable: if it was not reached; one of the system is asked for again.
    :raises PlanChanged: if another plan was agreed to.
    """
    refund = _begin(payment_id, source, agreed, origin)
    return ask_for_refund(refund, is_first_try=True, origin=origin)


@transaction.atomic
def _begin(payment_id: UUID, source: str, agreed: str | None, origin: Origin) -> Refund:
    payment = lock_payment_row(payment_id)
    parts = returnable_parts(payment)
    plan = planned_refund(None, payment, parts, revoke_benefits=False, origin=origin)
    plan.require(agreed)
    data = RefundInput(reason=Refund.Reason.OTHER, source=source, comment=payment.unclaimed_reason)
    return write_refund(
        payment=payment, order=None, parts=parts, data=data, retry_of=None, origin=origin
    )


def returnable_parts(payment: Payment) -> Parts:
    """
    What of a payment without an order can go back.

    :raises RefundUnknownPayment, RefundedAlready: if nothing can.
    :raises RefundDisputedPayment, RefundInProgress: if it cannot now.
    """
    if payment.unclaimed_at is None or payment.booked_at is None:
        raise RefundUnknownPayment
    if payment.contested_at is not None:
        raise RefundDisputedPayment
    if has_unanswered_refund(payment.pk):
        raise RefundInProgress
    left = payment.amount - returned_amount(payment.pk)
    if left <= 0:
        raise RefundedAlready
    return Parts(left, 0)
