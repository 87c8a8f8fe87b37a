"""The books, read in the order in which they were written."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from apps.ledger.models import Transfer


def processor_transfers(
    account_ids: Sequence[UUID], *, after: int, before: UUID, limit: int
) -> list[Transfer]:
    """
    Transfers into or out of these accounts behind the id `after`, oldest first.

    They end before the first whose entry is not older than the id `before`.
    """
    rows = Transfer.objects.filter(
        Q(debit_account__in=account_ids) | Q(credit_account__in=account_ids), pk__gt=after
    )
    found = []
    for row in rows.order_by("pk").only("pk", "entry_id")[:limit]:
        if row.entry_id >= before:
            break
        found.append(row)
    return found
