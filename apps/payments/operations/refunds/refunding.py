"""
Giving money of an order back: asked for, sent to the processor, looked after.

The refund is a row before the processor is asked, and no transaction is open while it is. A
process that dies, or whose answer is lost, leaves it pending without a processor's id: that shuts
its payment for other refunds, and `resume_refund` asks again under the same key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.core.metadata import validate_metadata
from apps.core.origin import Origin
from apps.core.plans import Plan
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.orders.refunds import Parts, parts_of_net, refundable
from apps.payments.errors import (
    RefundDisputedPayment,
    RefundedAlready,
    RefundInProgress,
    RefundsBlocked,
    RefundUnknownPayment,
    RevokeSubscriptionBenefitsProhibited,
)
from apps.payments.models import Payment, Refund
from apps.payments.operations.refunds.asking import FIRST_WAIT, ask_for_refund
from apps.payments.operations.refunds.planning import planned_refund
from apps.payments.selectors import (
    has_unanswered_refund,
    promised_parts,
    refundable_payment,
)

REFUNDS: Final = "refunds"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundInput:
    """What is asked for; `amount` is net, in minor units, and None for all that is left."""

    reason: str
    source: str
    amount: int | None = None
    comment: str = ""
    revoke_benefits: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)


def plan_refund_order(*, order_id: UUID, data: RefundInput, origin: Origin) -> Plan:
    """What `refund_order` would do now. Raises as it does, but asks nobody."""
    order = Order.objects.select_related("organization", "customer").get(pk=order_id)
    payment, parts = _require_possible(order, data)
    return planned_refund(
        order, payment, parts, revoke_benefits=data.revoke_benefits, origin=origin
    )


def refund_order(
    *, order_id: UUID, data: RefundInput, agreed: str | None = None, origin: Origin
) -> Refund:
    """
    Give `data.amount` of an order back to the method it was paid with, its share of tax on top.

    The refund as the processor answered it: succeeded, or pending where it takes time. Called
    outside a transaction.

    :raises RefundsBlocked: if the order or its organization may not refund.
    :raises RefundedAlready: if nothing is left.
    :raises RevokeSubscriptionBenefitsProhibited: for benefits of a subscription.
    :raises RefundAmountTooHigh: if less is left than `data.amount`.
    :raises RefundUnknownPayment: if no charge paid the order, or it is not in the books yet.
    :raises RefundInProgress: while the outcome of another refund is open, or of this one.
    :raises RefundDisputedPayment: while the bank of its payer contests the payment.
    :raises RefundDisputedPayment, RefundRefused: if the processor will not.
    :raises ProcessorUnavailable: if it was not reached; nothing was refunded.
    :raises PlanChanged: if another plan was agreed to.
    """
    refund = begin_refund(order_id, data, agreed, origin)
    return ask_for_refund(refund, is_first_try=True, origin=origin)


@transaction.atomic
def begin_refund(order_id: UUID, data: RefundInput, agreed: str | None, origin: Origin) -> Refund:
    """The refund as a row, before anybody is asked; its commit is what a crash leaves behind."""
    order = lock_order(order_id)
    payment, parts = _require_possible(order, data)
    plan = planned_refund(
        order, payment, parts, revoke_benefits=data.revoke_benefits, origin=origin
    )
    plan.require(agreed)
    return write_refund(
        payment=payment, order=order, parts=parts, data=data, retry_of=None, origin=origin
    )


def write_refund(
    *,
    payment: Payment,
    order: Order | None,
    parts: Parts,
    data: RefundInput,
    retry_of: Refund | None,
    origin: Origin,
) -> Refund:
    """The row of a refund that is about to be asked for; the caller holds what it is of."""
    return Refund.objects.create(
        created_at=origin.at,
        organization_id=payment.organization_id,
        payment=payment,
        order=order,
        customer_id=order.customer_id if order else payment.customer_id,
        reason=data.reason,
        source=data.source,
        amount=parts.amount,
        tax_amount=parts.tax_amount,
        currency=payment.currency,
        comment=data.comment,
        revoke_benefits=data.revoke_benefits,
        metadata=validate_metadata(data.metadata),
        next_check_at=origin.at + FIRST_WAIT,
        retry_of=retry_of,
    )


def require_refundable(order: Order) -> None:
    """
    Pass if money of the order may go back at all.

    :raises RefundsBlocked, RefundedAlready: if not.
    """
    if order.refunds_blocked_at is not None or not order.organization.can(REFUNDS):
        raise RefundsBlocked
    if order.status == Order.Status.REFUNDED:
        raise RefundedAlready


def require_settled_payment(order: Order) -> Payment:
    """
    The payment to refund.

    :raises RefundUnknownPayment: if there is none, or it is not in the books yet.
    :raises RefundDisputedPayment: while its payer's bank contests it.
    :raises RefundInProgress: while the outcome of another refund of it is open.
    """
    payment = refundable_payment(order.pk)
    if payment is None or payment.booked_at is None:
        raise RefundUnknownPayment
    if payment.contested_at is not None:
        raise RefundDisputedPayment
    if has_unanswered_refund(payment.pk):
        raise RefundInProgress
    return payment


def _require_possible(order: Order, data: RefundInput) -> tuple[Payment, Parts]:
    require_refundable(order)
    if data.revoke_benefits and order.subscription_id is not None:
        raise RevokeSubscriptionBenefitsProhibited
    payment = refundable_payment(order.pk)
    if payment is not None and payment.contested_at is not None:
        raise RefundDisputedPayment
    if payment is not None and has_unanswered_refund(payment.pk):
        # Before the amount: how much is left is not known either.
        raise RefundInProgress
    promised = promised_parts(order.pk)
    amount = data.amount
    if amount is None:
        amount = refundable(order, promised=promised).amount
        if not amount:
            raise RefundedAlready
    parts = parts_of_net(order, amount, promised=promised)
    return require_settled_payment(order), parts
