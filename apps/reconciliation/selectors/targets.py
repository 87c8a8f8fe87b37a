"""What a line of the statement is here, and under which references the books would have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from apps.disputes.models import Dispute
from apps.ledger.disputes import dispute_reference
from apps.ledger.payouts import transfer_reference
from apps.ledger.processor import account_fee_reference, bank_movement_reference
from apps.ledger.refunds import refund_reference, reversal_reference
from apps.ledger.sales import payment_reference
from apps.ledger.unclaimed import unclaimed_reference
from apps.payments.models import Payment, Refund
from apps.payouts.models import Payout
from apps.reconciliation.models import BalanceTransaction

Match = BalanceTransaction.Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a row of ours says that the entry has to say too; amounts as its payer sees them."""

    gross_amount: int
    currency: str
    order_id: UUID | None = None
    # What the order had to be paid, where the row pays an order.
    due_amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """
    What a line is here. `id` is null where there is no row of it, or it needs none.

    The first of `references` that is in the books is the movement itself; the others go with it.
    """

    kind: Match
    references: tuple[str, ...]
    id: UUID | None = None
    organization_id: UUID | None = None
    shown: Shown | None = None


Lines = Sequence[BalanceTransaction]
Found = Iterable[tuple[BalanceTransaction, Target]]


def targets_of(lines: Lines) -> dict[UUID, Target]:
    """What each of these lines is, by its id; one query for each kind that is among them."""
    by_finder: dict[Callable[[Lines], Found], list[BalanceTransaction]] = {}
    for line in lines:
        finder = _FINDERS.get(line.category)
        if finder is not None:
            by_finder.setdefault(finder, []).append(line)
    return {line.pk: target for finder, some in by_finder.items() for line, target in finder(some)}


def _payments(lines: Lines) -> Found:
    rows = Payment.objects.select_related("order").filter(processor_id__in=_sources(lines))
    found = {row.processor_id: row for row in rows}
    for line in lines:
        payment = found.get(line.source_id)
        yield (
            line,
            Target(
                kind=Match.PAYMENT,
                references=(
                    payment_reference(line.source_id),
                    unclaimed_reference(line.source_id),
                    f"processor_fee:{line.source_id}",
                ),
                id=payment.pk if payment else None,
                organization_id=payment.organization_id if payment else None,
                shown=_shown_payment(payment) if payment else None,
            ),
        )


def _shown_payment(payment: Payment) -> Shown:
    order = payment.order if payment.unclaimed_at is None else None
    return Shown(
        gross_amount=payment.amount,
        currency=payment.currency,
        order_id=order.pk if order else None,
        due_amount=order.due_amount if order else None,
    )


def _refunds(lines: Lines) -> Found:
    found = {row.processor_id: row for row in _refund_rows(lines)}
    for line in lines:
        row = found.get(line.source_id)
        if row is not None:
            reference = refund_reference(row.pk)
            yield line, _refund_target(row, (reference, f"processor_fee:{reference}"), sign=-1)


def _returned_refunds(lines: Lines) -> Found:
    found = {row.processor_id: row for row in _refund_rows(lines)}
    for line in lines:
        row = found.get(line.source_id)
        if row is not None:
            reference = reversal_reference(refund_reference(row.pk))
            yield line, _refund_target(row, (reference,), sign=1)


def _refund_rows(lines: Lines) -> Iterable[Refund]:
    return Refund.objects.filter(processor_id__in=_sources(lines))


def _refund_target(row: Refund, references: tuple[str, ...], *, sign: int) -> Target:
    return Target(
        kind=Match.REFUND,
        references=references,
        id=row.pk,
        organization_id=row.organization_id,
        shown=Shown(gross_amount=sign * row.gross_amount, currency=row.currency),
    )


def _disputes(lines: Lines) -> Found:
    found = _dispute_rows(lines)
    prevented = _preventive_refunds(found)
    for line, row in found:
        reference = dispute_reference(row.pk)
        references = [reference, f"processor_fee:{reference}"]
        if refunds := prevented.get(row.pk):
            # The network has settled it by itself: here it became a refund, by the same line.
            references.append(reversal_reference(reference))
            names = [refund_reference(one) for one in refunds]
            references += [*names, *(f"processor_fee:{name}" for name in names)]
        yield line, _dispute_target(row, tuple(references), sign=-1)


def _returned_disputes(lines: Lines) -> Found:
    for line, row in _dispute_rows(lines):
        reference = dispute_reference(row.pk)
        fee = f"processor_fee:{reference}:reversal"
        yield line, _dispute_target(row, (reversal_reference(reference), fee), sign=1)


def _dispute_rows(lines: Lines) -> list[tuple[BalanceTransaction, Dispute]]:
    rows = Dispute.objects.filter(processor_id__in=_sources(lines))
    found = {row.processor_id: row for row in rows}
    return [(line, found[line.source_id]) for line in lines if line.source_id in found]


def _preventive_refunds(
    found: Iterable[tuple[BalanceTransaction, Dispute]],
) -> dict[UUID, list[UUID]]:
    """The refunds that were made of disputes, and bear their names."""
    disputes = {row.pk: row for _, row in found}
    made: dict[UUID, list[UUID]] = {}
    for refund in Refund.objects.filter(dispute_id__in=disputes).order_by("created_at"):
        dispute = disputes[refund.dispute_id]  # type: ignore[index]
        if (refund.processor_id or "").partition(":")[0] == dispute.processor_id:
            made.setdefault(dispute.pk, []).append(refund.pk)
    return made


def _dispute_target(row: Dispute, references: tuple[str, ...], *, sign: int) -> Target:
    return Target(
        kind=Match.DISPUTE,
        references=references,
        id=row.pk,
        organization_id=row.organization_id,
        shown=Shown(gross_amount=sign * row.gross_amount, currency=row.currency),
    )


def _transfers(lines: Lines) -> Found:
    rows = Payout.objects.filter(transfer_id__in=_sources(lines))
    found = {row.transfer_id: row for row in rows}
    for line in lines:
        row = found.get(line.source_id)
        if row is not None:
            yield line, _payout_target(row, transfer_reference(row.pk))


def _returned_transfers(lines: Lines) -> Found:
    rows = Payout.objects.filter(transfer_reversal_id__in=_sources(lines))
    found = {row.transfer_reversal_id: row for row in rows}
    for line in lines:
        row = found.get(line.source_id)
        if row is not None:
            yield line, _payout_target(row, reversal_reference(transfer_reference(row.pk)))


def _payout_target(row: Payout, reference: str) -> Target:
    return Target(
        kind=Match.TRANSFER,
        references=(reference,),
        id=row.pk,
        organization_id=row.organization_id,
    )


def _bank(lines: Lines) -> Found:
    for line in lines:
        reference = bank_movement_reference(line.processor_id)
        yield line, Target(kind=Match.BANK, references=(reference,))


def _fees(lines: Lines) -> Found:
    for line in lines:
        reference = account_fee_reference(line.processor_id)
        yield line, Target(kind=Match.FEE, references=(reference,))


def _sources(lines: Lines) -> list[str]:
    return [line.source_id for line in lines if line.source_id]


# Money between the processor and the platform's own bank.
BANK_CATEGORIES: Final = frozenset({"payout", "payout_reversal", "topup", "topup_reversal"})

# By the processor's reporting category.
_FINDERS: Final[dict[str, Callable[[Lines], Found]]] = {
    "charge": _payments,
    "refund": _refunds,
    "refund_failure": _returned_refunds,
    "dispute": _disputes,
    "dispute_reversal": _returned_disputes,
    "transfer": _transfers,
    "transfer_reversal": _returned_transfers,
    "fee": _fees,
    **dict.fromkeys(BANK_CATEGORIES, _bank),
}
