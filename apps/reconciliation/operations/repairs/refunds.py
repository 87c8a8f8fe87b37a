"""Refunds of which nothing was heard, and those whose entries are gone."""

from __future__ import annotations

from typing import Final

from apps.core.origin import Origin
from apps.ledger.operations import post_refund, post_refund_reversal
from apps.ledger.refunds import Refunded
from apps.payments.models import Payment, Refund
from apps.payments.operations import record_refund
from apps.payments.operations.refunds.recording import lock_held_refund, with_settlement
from apps.processors.errors import PaymentError
from apps.processors.gateway import refunds as gateway
from apps.processors.gateway.refunds import RefundFacts
from apps.reconciliation.errors import RepairImpossible
from apps.reconciliation.models import BalanceTransaction, Discrepancy
from apps.reconciliation.operations.repairs.base import Repair, is_about, line_of, on_clock_of

CAME_BACK: Final = "refund_failure"


def _prepare(row: Discrepancy) -> RefundFacts:
    try:
        return with_settlement(gateway.read_refund(line_of(row).source_id))
    except PaymentError as error:
        raise RepairImpossible("The processor knows of no such refund.") from error


def _act(row: Discrepancy, facts: RefundFacts, origin: Origin) -> None:
    line = line_of(row)
    payment = Payment.objects.select_related("organization").filter(
        processor_id=facts.charge_id or ""
    )
    known = payment.first()
    there = on_clock_of(row, known.organization if known else None, origin)
    refund = record_refund(facts=facts, origin=there)
    if refund is None:
        raise RepairImpossible("It is of a charge that is none of ours.")
    _post_again(lock_held_refund(refund.pk), line, there)


def _post_again(refund: Refund, line: BalanceTransaction, origin: Origin) -> None:
    """What was counted before its entries were lost is not counted again, but booked."""
    if line.category == CAME_BACK:
        post_refund_reversal(refund_id=refund.pk, returned_amount=line.amount, origin=origin)
        return
    post_refund(
        refunded=Refunded(
            refund_id=refund.pk,
            charge_id=refund.payment.processor_id,
            amount=refund.amount,
            tax_amount=refund.tax_amount,
            settlement_currency=line.currency,
            settlement_amount=-line.amount,
            settlement_fee=line.fee,
        ),
        origin=origin,
    )


IMPORT: Final = Repair(
    name="import_refund",
    title="Import the refund",
    fits=is_about("refund", CAME_BACK),
    prepare=_prepare,
    act=_act,
    effects=("The money has gone back already; this only writes it down.",),
)
