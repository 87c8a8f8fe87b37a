"""Disputes of which nothing was heard, and those whose entries are gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from apps.core.origin import Origin
from apps.disputes.locks import lock_held_dispute
from apps.disputes.models import Dispute
from apps.disputes.operations import record_dispute
from apps.disputes.operations.recording import payment_of
from apps.ledger.disputes import Disputed
from apps.ledger.operations.disputes import post_dispute, post_dispute_reversal
from apps.processors.errors import PaymentError
from apps.processors.gateway import disputes as gateway
from apps.processors.gateway.disputes import DisputeFacts
from apps.reconciliation.errors import RepairImpossible
from apps.reconciliation.models import BalanceTransaction, Discrepancy
from apps.reconciliation.operations.repairs.base import Repair, is_about, line_of, on_clock_of

RETURNED: Final = "dispute_reversal"


@dataclass(frozen=True, slots=True)
class _Read:
    """A dispute as it stands at the processor, and as of which state of ours that was read."""

    facts: DisputeFacts
    known_at: datetime | None


def _prepare(row: Discrepancy) -> _Read:
    source = line_of(row).source_id
    known_at = _known_at(source)
    try:
        return _Read(gateway.read_dispute(source), known_at)
    except PaymentError as error:
        raise RepairImpossible("The processor knows of no such dispute.") from error


def _act(row: Discrepancy, read: _Read, origin: Origin) -> None:
    facts, line = read.facts, line_of(row)
    payment = payment_of(facts.charge_id)
    there = on_clock_of(row, payment.organization if payment else None, origin)
    known = Dispute.objects.filter(processor_id=facts.id).first()
    if known is not None:
        lock_held_dispute(known.pk)
    if _known_at(facts.id) != read.known_at:
        # What was read is older than what we know: it would take the dispute back.
        raise RepairImpossible("The dispute has moved on meanwhile: look again.")
    dispute = record_dispute(facts=facts, origin=there)
    if dispute is None:
        raise RepairImpossible("It is of a charge that is none of ours.")
    _post_again(lock_held_dispute(dispute.pk), line, there)


def _known_at(processor_id: str) -> datetime | None:
    rows = Dispute.objects.filter(processor_id=processor_id)
    found = rows.values_list("modified_at", "created_at").first()
    return (found[0] or found[1]) if found else None


def _post_again(dispute: Dispute, line: BalanceTransaction, origin: Origin) -> None:
    """What was withdrawn or returned before its entries were lost is booked again."""
    fees = (line.fee,) if line.fee else ()
    if line.category == RETURNED:
        post_dispute_reversal(
            dispute_id=dispute.pk, returned_amount=line.amount, fees=fees, origin=origin
        )
    elif dispute.is_holding:
        post_dispute(
            disputed=Disputed(
                dispute_id=dispute.pk,
                charge_id=dispute.payment.processor_id,
                amount=dispute.amount,
                tax_amount=dispute.tax_amount,
                settlement_currency=line.currency,
                settlement_amount=-line.amount,
                fees=fees,
            ),
            origin=origin,
        )


IMPORT: Final = Repair(
    name="import_dispute",
    title="Import the dispute",
    fits=is_about("dispute", RETURNED),
    prepare=_prepare,
    act=_act,
    effects=("The bank has moved the money already; this only writes it down.",),
)
