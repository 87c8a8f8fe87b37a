"""What the books say of a disputed payment."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from apps.ledger.books import Cause, Draft, Presentment
from apps.ledger.disputes import (
    DIFFERENCE,
    dispute_reference,
    hold_reference,
    loss_balance_reference,
    loss_drafts,
    loss_reference,
)
from apps.ledger.models import Entry
from apps.ledger.refunds import reversal_draft
from apps.ledger.selectors.refunding import moves_of


def entries_of_dispute(dispute_id: UUID) -> dict[str, Entry]:
    """The entries of a dispute that its outcome depends on, by their references."""
    references = (
        dispute_reference(dispute_id),
        hold_reference(dispute_id),
        loss_reference(dispute_id),
        loss_balance_reference(dispute_id),
    )
    return {entry.reference: entry for entry in Entry.objects.filter(reference__in=references)}


def dispute_loss_drafts(dispute_id: UUID, *, at: datetime) -> list[Draft]:
    """What losing a dispute would post, or posted; none if its money is not in the books."""
    entries = entries_of_dispute(dispute_id)
    taken = entries.get(dispute_reference(dispute_id))
    if taken is None:
        return []
    held = entries.get(hold_reference(dispute_id))
    kept = _as_posted(held, at) if held else None
    return loss_drafts(dispute_id, _as_posted(taken, at), kept, at=at)


def dispute_reversal_drafts(
    dispute_id: UUID, *, returned_amount: int | None, at: datetime
) -> list[Draft]:
    """What undoes a dispute in the books, the latest entry first; none if it is not there."""
    return [
        reversal_draft(
            _as_posted(entry, at),
            corrects_id=entry.pk,
            returned_amount=returned_amount,
            difference=DIFFERENCE,
        )
        for entry in sorted(entries_of_dispute(dispute_id).values(), key=_by_age, reverse=True)
    ]


def _by_age(entry: Entry) -> tuple[datetime, UUID]:
    return entry.posted_at, entry.pk


def _as_posted(entry: Entry, at: datetime) -> Draft:
    seen = None
    if entry.presentment_currency is not None and entry.exchange_rate is not None:
        seen = Presentment(
            currency=entry.presentment_currency,
            amount=entry.presentment_amount or 0,
            tax_amount=entry.presentment_tax_amount or 0,
            exchange_rate=entry.exchange_rate,
        )
    return Draft(
        reference=entry.reference,
        type=entry.type,
        transfers=tuple(moves_of(entry)),
        organization_id=entry.organization_id,
        at=at,
        cause=Cause(order_id=entry.order_id, payment_id=entry.payment_id),
        presentment=seen,
        details=entry.details,
    )
