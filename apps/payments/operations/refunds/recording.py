"""
What the processor tells about refunds, ours and those made there: in any order and number.

A refund is one row, found by the processor's id or by ours in its metadata. Its status moves only
forward, under the lock of its order (or of the payment that has none), and what a move means for
the books, the order and the customer's balance happens with it, once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.ledger.operations import post_refund, post_refund_reversal
from apps.ledger.refunds import Refunded
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.orders.operations import count_refund, uncount_refund
from apps.orders.refunds import Parts, parts_of_gross
from apps.payments.errors import RefundTooEarly
from apps.payments.locks import lock_payment_row, lock_refund
from apps.payments.models import Payment, Refund
from apps.payments.operations.refunds.keeping import follow_refund
from apps.payments.operations.refunds.telling import announce_refund
from apps.payments.operations.refunds.words import (
    ALERT_KEY,
    failure_of,
    named_refund,
    reason_of,
)
from apps.payments.selectors import promised_parts
from apps.payments.states import REFUND
from apps.processors import gateway
from apps.processors.gateway.refunds import RefundFacts
from apps.wallets.operations import give_back_refund, reduce_by_refund

Status = Refund.Status
# When to ask for what became of one that takes time, if that is not told.
ACCEPTED_WAIT: Final = timedelta(hours=1)


def with_settlement(facts: RefundFacts) -> RefundFacts:
    """
    The facts with the movements of the processor balance that they name.

    Money that is said to have left without having moved yet is taken as pending. Called outside a
    transaction where nothing else is to wait.

    :raises ProcessorUnavailable: if they cannot be read now.
    """
    settlement, returned = facts.settlement, facts.return_settlement
    if settlement is None and facts.settlement_id:
        settlement = gateway.read_balance_transaction(facts.settlement_id)
    if returned is None and facts.return_settlement_id:
        returned = gateway.read_balance_transaction(facts.return_settlement_id)
    has_moved = facts.status != Status.SUCCEEDED or settlement is not None
    return replace(
        facts,
        status=facts.status if has_moved else Status.PENDING,
        settlement=settlement,
        return_settlement=returned,
    )


@transaction.atomic
def record_refund(
    *, facts: RefundFacts, dispute_id: UUID | None = None, origin: Origin
) -> Refund | None:
    """
    The refund that `facts` tell of, brought to what they say; made if it was begun elsewhere.

    One that is made for a dispute, or by a provider of alerts, ends the access that was bought.

    `facts` come from `with_settlement`. Records `refund.created` once, `refund.updated` for each
    move after that. None for a charge that is not ours.

    :raises RefundTooEarly: if they name a refund of ours that is not there, or a payment that is
        not in the books yet.
    """
    found = _find(facts)
    imported = None if found else _imported(facts, dispute_id, origin)
    if found is None and imported is None:
        return None
    refund, is_new = imported or (lock_held_refund(found), False)  # type: ignore[arg-type]
    if refund.processor_id is None:
        refund.processor_id, is_new = facts.id, True
    if is_new:
        refund.next_check_at = origin.at + ACCEPTED_WAIT
    before = refund.status
    if facts.status != before and REFUND.allows(before, facts.status):
        _move(refund, facts, origin)
    elif is_new:
        _save(refund, origin)
    if refund.status == Status.PENDING:
        follow_refund(refund, origin)
    if is_new:
        alert_id = facts.metadata.get(ALERT_KEY)
        announce_refund(refund, "refund.created", origin=origin, alert_id=alert_id)
    elif refund.status != before:
        announce_refund(
            refund, "refund.updated", origin=origin, changes={"status": (before, refund.status)}
        )
    return refund


def lock_held_refund(refund_id: UUID) -> Refund:
    """A refund, locked after what it is of, as everyone locks them."""
    order_id, payment_id = Refund.objects.values_list("order_id", "payment_id").get(pk=refund_id)
    hold_order_or_payment(order_id, payment_id)
    return lock_refund(refund_id)


def hold_order_or_payment(order_id: UUID | None, payment_id: UUID) -> Order | None:
    """Lock what refunds and disputes of a payment wait for: its order, or itself without one."""
    if order_id is not None:
        return lock_order(order_id)
    lock_payment_row(payment_id)
    return None


def _find(facts: RefundFacts) -> UUID | None:
    """
    Our row of it. One of ours that has another id there, or was given up, is not it.

    :raises RefundTooEarly: if it names a row that is not there.
    """
    known = Refund.objects.filter(processor_id=facts.id).values_list("pk", flat=True).first()
    named = named_refund(facts.metadata)
    if known is not None or named is None:
        return known
    row = Refund.objects.filter(pk=named).first()
    if row is None:
        raise RefundTooEarly("It names a refund that is not known.")
    is_it = row.processor_id is None and row.status == Status.PENDING
    return row.pk if is_it else None


def _imported(
    facts: RefundFacts, dispute_id: UUID | None, origin: Origin
) -> tuple[Refund, bool] | None:
    """The row of a refund that was begun elsewhere, and whether this call made it."""
    payment = Payment.objects.filter(processor_id=facts.charge_id or "").first()
    if payment is None:
        return None
    if payment.booked_at is None:
        raise RefundTooEarly("Its payment is not in the books yet.")
    order_id = payment.order_id if payment.unclaimed_at is None else None
    order = hold_order_or_payment(order_id, payment.pk)
    if order is None:
        parts = Parts(facts.amount, 0)
    else:
        parts = parts_of_gross(order, facts.amount, promised=promised_parts(order.pk))
    if dispute_id is not None:
        reason: str = Refund.Reason.DISPUTE_PREVENTION
    else:
        reason = reason_of(facts.reason, facts.metadata)
    draft = Refund(
        created_at=origin.at,
        organization_id=payment.organization_id,
        payment=payment,
        order=order,
        customer_id=order.customer_id if order else payment.customer_id,
        dispute_id=dispute_id,
        reason=reason,
        revoke_benefits=reason == Refund.Reason.DISPUTE_PREVENTION,
        source=Refund.Source.PROCESSOR,
        amount=parts.amount,
        tax_amount=parts.tax_amount,
        currency=facts.currency,
        processor_id=facts.id,
    )
    Refund.objects.bulk_create([draft], ignore_conflicts=True)
    pk = Refund.objects.values_list("pk", flat=True).get(processor_id=facts.id)
    return lock_refund(pk), pk == draft.pk


def _move(refund: Refund, facts: RefundFacts, origin: Origin) -> None:
    before = refund.status
    REFUND.require(before, facts.status)
    refund.status = facts.status
    follow_refund(refund, origin)
    if facts.status == Status.SUCCEEDED:
        refund.succeeded_at = origin.at
        _save(refund, origin)
        _give(refund, facts, origin)
        return
    refund.failure_reason = failure_of(facts.failure_reason)
    # Its payer waits for money that does not come.
    refund.attention_at = origin.at
    _save(refund, origin)
    if before == Status.SUCCEEDED:
        _take_back(refund, facts, origin)


def _give(refund: Refund, facts: RefundFacts, origin: Origin) -> None:
    """The money has left: the books, the order, and credit that the order had given."""
    settlement = facts.settlement
    if settlement is None:
        raise ValueError(f"{facts.id} has succeeded without money that moved.")
    post_refund(
        refunded=Refunded(
            refund_id=refund.pk,
            charge_id=refund.payment.processor_id,
            amount=refund.amount,
            tax_amount=refund.tax_amount,
            settlement_currency=settlement.currency,
            settlement_amount=-settlement.amount,
            settlement_fee=settlement.fee,
        ),
        origin=origin,
    )
    order = refund.order
    if order is None:
        return
    count_refund(
        order_id=order.pk,
        refund_id=refund.pk,
        amount=refund.amount,
        tax_amount=refund.tax_amount,
        origin=origin,
    )
    reduce_by_refund(
        customer_id=order.customer_id,
        currency=refund.currency,
        order_id=order.pk,
        refund_id=refund.pk,
        amount=refund.gross_amount,
        origin=origin,
    )


def _take_back(refund: Refund, facts: RefundFacts, origin: Origin) -> None:
    """The money came back: everything that the refund did is undone, and staff are told."""
    returned = facts.return_settlement
    post_refund_reversal(
        refund_id=refund.pk, returned_amount=returned.amount if returned else None, origin=origin
    )
    order = refund.order
    if order is not None:
        uncount_refund(
            order_id=order.pk,
            refund_id=refund.pk,
            amount=refund.amount,
            tax_amount=refund.tax_amount,
            origin=origin,
        )
        give_back_refund(
            customer_id=order.customer_id,
            currency=refund.currency,
            refund_id=refund.pk,
            origin=origin,
        )
    announce_refund(refund, "refund.came_back", origin=origin)


def _save(refund: Refund, origin: Origin) -> None:
    refund.modified_at = origin.at
    if refund.status != Status.PENDING:
        refund.next_check_at = None
    refund.save()
