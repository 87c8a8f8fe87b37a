"""Writes the record of tax beside the ledger, entry by entry."""

from __future__ import annotations

from typing import Final

from apps.ledger.books import Draft
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Entry
from apps.ledger.witnesses import Posted
from apps.tax.models import TaxRecord

# By the type of the entry; anything else that moves tax corrects the books.
KINDS: Final = {
    "payment": TaxRecord.Kind.SALE,
    "refund": TaxRecord.Kind.REFUND,
    "refund_reversal": TaxRecord.Kind.REFUND_CAME_BACK,
    "dispute_loss": TaxRecord.Kind.DISPUTE_LOST,
    "dispute_loss_reversal": TaxRecord.Kind.DISPUTE_CAME_BACK,
}


def record_tax(posted: Posted) -> None:
    """
    Record what entries that were just written owe to authorities, or take back of it.

    In the transaction that wrote them, so a refund that comes back has its tax owed again when,
    and only when, its money is back.
    """
    TaxRecord.objects.bulk_create(
        record for record in (_record(entry, draft) for entry, draft in posted) if record
    )


def _record(entry: Entry, draft: Draft) -> TaxRecord | None:
    owed = [
        (one.amount if one.credit.kind == AccountKind.TAX_LIABILITY else -one.amount, one)
        for one in draft.transfers
        if AccountKind.TAX_LIABILITY in (one.credit.kind, one.debit.kind)
    ]
    amount = sum(signed for signed, _ in owed)
    if not amount or entry.organization_id is None:
        return None
    seen = draft.presentment
    return TaxRecord(
        organization_id=entry.organization_id,
        kind=KINDS.get(entry.type, TaxRecord.Kind.CORRECTION),
        entry_id=entry.pk,
        corrects_entry_id=entry.corrects_id,
        order_id=entry.order_id,
        payment_id=entry.payment_id,
        currency=owed[0][1].debit.currency,
        amount=amount,
        presentment_currency=seen.currency if seen else None,
        presentment_amount=seen.tax_amount if seen else None,
        recorded_at=draft.at,
    )
