"""Lines of the statement, kept once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.core.origin import Origin
from apps.processors.gateway import StatementLine
from apps.reconciliation.locks import lock_lines_named
from apps.reconciliation.models import BalanceTransaction, Discrepancy
from apps.reconciliation.operations.judging import Judged, judge_lines


@dataclass(frozen=True, slots=True)
class Taken:
    """How many lines were new, and what became of all of them."""

    new_count: int
    judged: Judged


@transaction.atomic
def keep_lines(
    *,
    lines: Sequence[StatementLine],
    ended: Discrepancy.Status = Discrepancy.Status.CLOSED,
    origin: Origin,
) -> Taken:
    """
    Keep lines of the statement and compare them; one that is there is only compared again.

    What was open about them and agrees now has `ended`.
    """
    if not lines:
        return Taken(0, Judged())
    fresh = [_row(line, origin.at) for line in lines]
    BalanceTransaction.objects.bulk_create(fresh, ignore_conflicts=True)
    rows = lock_lines_named([line.id for line in lines])
    mine = {row.pk for row in fresh}
    return Taken(
        new_count=sum(1 for row in rows if row.pk in mine),
        judged=judge_lines(lines=rows, ended=ended, origin=origin),
    )


def _row(line: StatementLine, at: datetime) -> BalanceTransaction:
    return BalanceTransaction(
        processor_id=line.id,
        source_id=line.source_id,
        type=line.type,
        category=line.category,
        amount=line.amount,
        fee=line.fee,
        net=line.net,
        currency=line.currency,
        description=line.description,
        happened_at=line.created_at,
        available_at=line.available_at,
        seen_at=at,
    )
