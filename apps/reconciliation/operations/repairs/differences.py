"""What is left over where nothing else can be brought in: the platform bears or gains it."""

from __future__ import annotations

from typing import Final

from apps.core.origin import Origin
from apps.ledger.models import Entry
from apps.ledger.operations import post_correction
from apps.reconciliation.models import Discrepancy, EntryLink
from apps.reconciliation.operations.judging import close
from apps.reconciliation.operations.repairs.base import Repair, nothing


def _act(row: Discrepancy, facts: None, origin: Origin) -> None:
    # Names what the balance is brought to, so that another difference later is another entry.
    entry = post_correction(
        reference=f"correction:{row.subject}:{row.there_amount or 0}",
        amount=row.difference_amount,
        currency=row.currency,
        corrects=_corrected(row),
        origin=origin,
    )
    if row.transaction is not None:
        EntryLink.objects.bulk_create(
            [EntryLink(transaction=row.transaction, entry_id=entry.pk, is_manual=True)],
            ignore_conflicts=True,
        )
    else:
        close(row, Discrepancy.Status.REPAIRED, origin)
        row.save(update_fields=["status", "closed_at", "modified_at"])


def _corrected(row: Discrepancy) -> Entry | None:
    if row.entry_id is not None:
        return Entry.objects.filter(pk=row.entry_id).first()
    link = EntryLink.objects.filter(transaction=row.transaction).order_by("pk").first()
    return Entry.objects.filter(pk=link.entry_id).first() if link else None


BOOK: Final = Repair(
    name="book_difference",
    title="Book the difference to the platform",
    fits=lambda row: row.difference_amount != 0 and row.payout_account_id is None,
    prepare=nothing,
    act=_act,
    effects=("The platform bears the difference, or gains it.",),
)
