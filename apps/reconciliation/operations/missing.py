"""Entries of the books that moved the processor balance, and that the statement does not have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Account
from apps.reconciliation.locks import lock_run
from apps.reconciliation.models import Discrepancy, EntryLink
from apps.reconciliation.operations.judging import GRACE, Judged, close_about_entries
from apps.reconciliation.row_times import made_at, oldest_id_after
from apps.reconciliation.selectors.books import Booked, booked_entries
from apps.reconciliation.selectors.ledger_side import processor_transfers

PAGE: Final = 500
# Made here to agree with the statement: they have no line of their own.
CORRECTION: Final = "correction"


def look_at_entries(*, run_id: UUID, origin: Origin) -> Judged:
    """
    Look once at every entry behind the mark that moved the processor balance, a page in each
    transaction, up to those younger than `GRACE`; then again at those that were missed.
    """
    judged = _look_again(origin)
    while True:
        found, is_last = _look(run_id, origin)
        judged += found
        if is_last:
            return judged


@transaction.atomic
def _look(run_id: UUID, origin: Origin) -> tuple[Judged, bool]:
    run = lock_run(run_id)
    accounts = Account.objects.filter(kind=AccountKind.PROCESSOR_BALANCE, organization=None)
    rows = processor_transfers(
        [account.pk for account in accounts],
        after=run.transfer_mark,
        before=oldest_id_after(origin.at - GRACE),
        limit=PAGE,
    )
    if not rows:
        return Judged(), True
    opened = _miss(sorted({row.entry_id for row in rows}), origin)
    run.transfer_mark = rows[-1].pk
    run.save(update_fields=["transfer_mark"])
    return Judged(opened_count=opened), len(rows) < PAGE


def _miss(entry_ids: Sequence[UUID], origin: Origin) -> int:
    linked = set(
        EntryLink.objects.filter(entry_id__in=entry_ids).values_list("entry_id", flat=True)
    )
    missed = [
        entry
        for entry in booked_entries([one for one in entry_ids if one not in linked])
        if entry.type != CORRECTION and entry.effects
    ]
    known = set(
        Discrepancy.objects.filter(entry_id__in=[one.id for one in missed]).values_list(
            "entry_id", flat=True
        )
    )
    fresh = [_draft(entry, origin) for entry in missed if entry.id not in known]
    Discrepancy.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _look_again(origin: Origin) -> Judged:
    """Close what is open about entries that have got a line since."""
    rows = Discrepancy.objects.filter(
        kind=Discrepancy.Kind.MISSING_THERE, status=Discrepancy.Status.OPEN
    )
    judged, after = Judged(), UUID(int=0)
    while page := list(
        rows.filter(pk__gt=after).order_by("pk").values_list("pk", "entry_id")[:PAGE]
    ):
        found = EntryLink.objects.filter(entry_id__in=[entry_id for _, entry_id in page])
        linked = list(found.values_list("entry_id", flat=True))
        if linked:
            with transaction.atomic():
                judged += close_about_entries(entry_ids=linked, origin=origin)
        after = page[-1][0]
    return judged


def _draft(entry: Booked, origin: Origin) -> Discrepancy:
    currency, amount = next(iter(sorted(entry.effects.items())))
    return Discrepancy(
        created_at=origin.at,
        organization_id=entry.organization_id,
        kind=Discrepancy.Kind.MISSING_THERE,
        entry_id=entry.id,
        subject=entry.reference,
        here_amount=amount,
        currency=currency,
        detail="The processor's statement has nothing of it.",
        happened_at=made_at(entry.id),
    )
