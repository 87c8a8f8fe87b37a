"""Entries that the statement has no line for, asked for by what they are about."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from apps.core.origin import Origin
from apps.disputes.models import Dispute
from apps.ledger.models import Entry
from apps.payments.models import Payment, Refund
from apps.payouts.models import Payout
from apps.processors import gateway
from apps.processors.gateway import StatementLine
from apps.reconciliation.errors import RepairImpossible
from apps.reconciliation.models import Discrepancy
from apps.reconciliation.operations.keeping import keep_lines
from apps.reconciliation.operations.repairs.base import Repair


def source_of(entry: Entry) -> str:
    """The processor's id of what an entry is about; empty where it has none."""
    refund_id, dispute_id, payout_id = (
        _uuid(entry.details.get(name)) for name in ("refund_id", "dispute_id", "payout_id")
    )
    found: str | None = None
    if refund_id is not None:
        found = _processor_id(Refund.objects.filter(pk=refund_id))
    elif dispute_id is not None:
        found = _processor_id(Dispute.objects.filter(pk=dispute_id))
    elif payout_id is not None:
        name = "transfer_reversal_id" if entry.corrects_id else "transfer_id"
        found = Payout.objects.filter(pk=payout_id).values_list(name, flat=True).first()
    elif entry.payment_id is not None:
        found = _processor_id(Payment.objects.filter(pk=str(entry.payment_id)))
    return found or ""


def _processor_id(rows: QuerySet[Any]) -> str | None:
    found: str | None = rows.values_list("processor_id", flat=True).first()
    return found


def _prepare(row: Discrepancy) -> tuple[StatementLine, ...]:
    entry = Entry.objects.filter(reference=row.subject).first()
    source = source_of(entry) if entry else ""
    found = tuple(gateway.iterate_balance_transactions(source_id=source)) if source else ()
    if not found:
        raise RepairImpossible("The processor's statement has nothing of what it is about.")
    return found


def _act(row: Discrepancy, facts: tuple[StatementLine, ...], origin: Origin) -> None:
    keep_lines(lines=facts, ended=Discrepancy.Status.REPAIRED, origin=origin)


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


ASK: Final = Repair(
    name="ask_processor",
    title="Take its line from the processor",
    fits=lambda row: row.kind == Discrepancy.Kind.MISSING_THERE,
    prepare=_prepare,
    act=_act,
)
