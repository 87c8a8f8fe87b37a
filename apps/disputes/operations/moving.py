"""What the money of a dispute does: withdrawn, brought back, lost, or given back before that."""

from __future__ import annotations

from dataclasses import replace

from apps.core.origin import Origin
from apps.disputes.models import Dispute
from apps.disputes.states import dispute_status
from apps.ledger.disputes import Disputed
from apps.ledger.operations.disputes import (
    post_dispute,
    post_dispute_loss,
    post_dispute_reversal,
)
from apps.orders.operations import count_dispute, uncount_dispute
from apps.orders.refunds import refundable
from apps.payments.models import Refund
from apps.payments.operations import record_refund
from apps.processors.gateway.disputes import DisputeFacts
from apps.processors.gateway.facts import BalanceTransaction
from apps.processors.gateway.refunds import RefundFacts
from apps.wallets.operations import give_back_refund, reduce_by_refund


def ends_quietly(facts: DisputeFacts) -> bool:
    """
    Whether the network gave the money back before it came to a dispute.

    The processor reports such a one as lost; that it took no fee tells them apart.
    """
    has_ended = dispute_status(facts.status) in {"lost", "prevented"}
    return has_ended and facts.is_free_of_charge and not facts.reversals


def move_money(dispute: Dispute, facts: DisputeFacts, origin: Origin) -> None:
    """
    Bring books, order and credit to what has moved at the processor; the caller saves the row.

    What was moved before is not moved again.
    """
    _undo_prevention(dispute, origin)
    if facts.withdrawals and dispute.withdrawn_at is None:
        _withdraw(dispute, facts, origin)
    if facts.reversals and dispute.is_holding:
        _reinstate(dispute, facts, origin)
    if dispute.status == Dispute.Status.LOST and dispute.is_holding:
        _lose(dispute, origin)


def prevent(dispute: Dispute, facts: DisputeFacts, origin: Origin) -> None:
    """
    The payer has the money without a dispute: what the processor took for it is a refund.

    It is booked as one, once; what was booked as contested before is undone by that. Where nothing
    was taken, whoever prevented it has made a refund of their own, or the bank has let go.
    """
    if facts.reversals:
        # The merchant won after all, and the money is back.
        _undo_prevention(dispute, origin)
    if not facts.withdrawals or facts.reversals or _preventive(dispute) is not None:
        return
    if dispute.is_holding:
        post_dispute_reversal(dispute_id=dispute.pk, origin=origin)
        dispute.reinstated_at = origin.at
    dispute.save()
    tries = Refund.objects.filter(dispute_id=dispute.pk).count()
    refund_id = facts.id if not tries else f"{facts.id}:{tries + 1}"
    record_refund(
        facts=_as_refund(refund_id, facts, settlement_of(facts.withdrawals)),
        dispute_id=dispute.pk,
        origin=origin,
    )


def settlement_of(moved: tuple[BalanceTransaction, ...]) -> BalanceTransaction:
    """Several movements of one kind as one."""
    return replace(
        moved[0],
        amount=sum(one.amount for one in moved),
        fee=sum(one.fee for one in moved),
        net=sum(one.net for one in moved),
    )


def _withdraw(dispute: Dispute, facts: DisputeFacts, origin: Origin) -> None:
    settlement = settlement_of(facts.withdrawals)
    post_dispute(
        disputed=Disputed(
            dispute_id=dispute.pk,
            charge_id=dispute.payment.processor_id,
            amount=dispute.amount,
            tax_amount=dispute.tax_amount,
            settlement_currency=settlement.currency,
            settlement_amount=-settlement.amount,
            fees=tuple(one.fee for one in facts.withdrawals if one.fee),
        ),
        origin=origin,
    )
    dispute.withdrawn_at = origin.at


def _reinstate(dispute: Dispute, facts: DisputeFacts, origin: Origin) -> None:
    post_dispute_reversal(
        dispute_id=dispute.pk,
        returned_amount=settlement_of(facts.reversals).amount,
        fees=tuple(one.fee for one in facts.reversals if one.fee),
        origin=origin,
    )
    dispute.reinstated_at = origin.at
    if dispute.order is None or not (dispute.counted_amount or dispute.counted_tax_amount):
        return
    uncount_dispute(
        order_id=dispute.order.pk,
        dispute_id=dispute.pk,
        amount=dispute.counted_amount,
        tax_amount=dispute.counted_tax_amount,
        origin=origin,
    )
    give_back_refund(
        customer_id=dispute.order.customer_id,
        currency=dispute.currency,
        refund_id=dispute.pk,
        origin=origin,
    )
    dispute.counted_amount = dispute.counted_tax_amount = 0


def _lose(dispute: Dispute, origin: Origin) -> None:
    """The money is gone for good: the order counts it as far as it has not given it back."""
    posted = post_dispute_loss(dispute_id=dispute.pk, origin=origin)
    is_counted = dispute.counted_amount or dispute.counted_tax_amount
    if not posted or dispute.order is None or is_counted:
        return
    left = refundable(dispute.order)
    dispute.counted_amount = min(dispute.amount, left.amount)
    dispute.counted_tax_amount = min(dispute.tax_amount, left.tax_amount)
    if dispute.counted_amount or dispute.counted_tax_amount:
        count_dispute(
            order_id=dispute.order.pk,
            dispute_id=dispute.pk,
            amount=dispute.counted_amount,
            tax_amount=dispute.counted_tax_amount,
            origin=origin,
        )
        reduce_by_refund(
            customer_id=dispute.order.customer_id,
            currency=dispute.currency,
            order_id=dispute.order.pk,
            refund_id=dispute.pk,
            # What went back by a refund before has taken its part of it.
            amount=dispute.counted_amount + dispute.counted_tax_amount,
            origin=origin,
        )


def _preventive(dispute: Dispute) -> Refund | None:
    """The refund that was booked in place of what the processor took."""
    rows = Refund.objects.filter(dispute_id=dispute.pk, status=Refund.Status.SUCCEEDED)
    return rows.filter(processor_id__startswith=dispute.processor_id or "-").first()


def _undo_prevention(dispute: Dispute, origin: Origin) -> None:
    """The bank goes on after all: what was booked as a refund never was one."""
    refund = _preventive(dispute)
    if refund is None:
        return
    facts = RefundFacts(
        id=refund.processor_id or "",
        charge_id=dispute.payment.processor_id,
        intent_id=None,
        status=Refund.Status.FAILED,
        amount=refund.gross_amount,
        currency=refund.currency,
        reason=None,
        failure_reason="charge_for_pending_refund_disputed",
        created_at=origin.at,
    )
    record_refund(facts=facts, origin=origin)


def _as_refund(refund_id: str, facts: DisputeFacts, settlement: BalanceTransaction) -> RefundFacts:
    return RefundFacts(
        id=refund_id,
        charge_id=facts.charge_id,
        intent_id=None,
        status=Refund.Status.SUCCEEDED,
        amount=facts.amount,
        currency=facts.currency,
        reason=None,
        settlement_id=settlement.id,
        settlement=settlement,
        created_at=facts.created_at,
    )
