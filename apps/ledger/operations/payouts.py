"""Posting money on its way to merchants, and back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.ledger.books import Cause, Draft, Move
from apps.ledger.models import Entry
from apps.ledger.operations.posting import post_entries
from apps.ledger.payouts import (
    PayoutMoney,
    arrival_draft,
    arrival_reference,
    manual_draft,
    payout_drafts,
    payout_fees_reference,
    payout_reference,
    transfer_draft,
    transfer_reference,
)
from apps.ledger.selectors.refunding import moves_of


@transaction.atomic
def post_payout(*, money: PayoutMoney, origin: Origin) -> list[Entry]:
    """Take a payout and its fees from a merchant's balance; the second time changes nothing."""
    return _post(payout_drafts(money, at=origin.at))


@transaction.atomic
def post_payout_reversal(*, payout_id: UUID, keeps_fees: bool, origin: Origin) -> list[Entry]:
    """
    Give a canceled payout back: available at once, with its fees unless they are kept.

    Where it was transferred, that is undone as well. The second time changes nothing.
    """
    references = [transfer_reference(payout_id), payout_reference(payout_id)]
    if not keeps_fees:
        references.append(payout_fees_reference(payout_id))
    return _undo(references, origin)


@transaction.atomic
def post_payout_transfer(*, money: PayoutMoney, transfer_id: str, origin: Origin) -> list[Entry]:
    """Book that the money is in the payout account; the second time changes nothing."""
    return _post([transfer_draft(money, transfer_id=transfer_id, at=origin.at)])


@transaction.atomic
def post_payout_arrival(
    *, money: PayoutMoney, attempt_id: UUID, amount: int, origin: Origin
) -> list[Entry]:
    """Book that `amount` has reached the merchant's bank; the second time changes nothing."""
    return _post([arrival_draft(money, attempt_id=attempt_id, amount=amount, at=origin.at)])


@transaction.atomic
def post_payout_return(*, attempt_id: UUID, origin: Origin) -> list[Entry]:
    """Book that the bank sent back what had arrived; nothing where nothing had."""
    return _undo([arrival_reference(attempt_id)], origin)


@transaction.atomic
def post_manual_payout(*, money: PayoutMoney, origin: Origin) -> list[Entry]:
    """Book that people have paid; the second time changes nothing."""
    return _post([manual_draft(money, at=origin.at)])


def _post(drafts: Sequence[Draft]) -> list[Entry]:
    return [entry for entry, _ in post_entries(drafts=drafts)]


def _undo(references: Sequence[str], origin: Origin) -> list[Entry]:
    found = {entry.reference: entry for entry in Entry.objects.filter(reference__in=references)}
    booked = [found[reference] for reference in references if reference in found]
    drafts = [
        Draft(
            reference=f"reversal:{entry.reference}",
            type=f"{entry.type}_reversal",
            transfers=tuple(
                Move(one.type, one.credit, one.debit, one.amount) for one in moves_of(entry)
            ),
            organization_id=entry.organization_id,
            at=origin.at,
            cause=Cause(corrects_id=entry.pk),
            details=entry.details,
        )
        for entry in booked
    ]
    return _post(drafts) if drafts else []
