"""How the books and the processor stand, at one glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import Coalesce

from apps.reconciliation.models import BalanceTransaction, Discrepancy, Run

# The window in which lines that agree are counted.
SHOWN: Final = timedelta(days=30)
AGES: Final = (("< 1 day", timedelta(days=1)), ("1 to 7 days", timedelta(days=7)))
OLDER: Final = "> 7 days"
RUNS: Final = 8


@dataclass(slots=True)
class Tally:
    """What is open of one kind: how many, since when, and by currency what it is about."""

    kind: str
    title: str
    note: str
    count: int = 0
    oldest_at: datetime | None = None
    sums: list[tuple[int, str]] = field(default_factory=list)
    # How many of each age, youngest first: see `AGES`.
    ages: list[int] = field(default_factory=lambda: [0, 0, 0])


@dataclass(frozen=True, slots=True)
class Balance:
    """A currency: lines that agree and that do not, and what those move the balance by."""

    currency: str
    matched_count: int
    matched_amount: int
    open_count: int
    open_amount: int


@dataclass(frozen=True, slots=True)
class Board:
    """All of it as of one moment."""

    tallies: Sequence[Tally]
    balances: Sequence[Balance]
    ages: Sequence[str]
    waiting_fee_count: int
    waiting_fees: Sequence[BalanceTransaction]
    runs: Sequence[Run]
    last_run: Run | None
    mine_count: int
    unowned_count: int

    @property
    def matched_count(self) -> int:
        """Lines that agree."""
        return sum(one.matched_count for one in self.balances)


def reconciliation_board(at: datetime, *, user_id: Any) -> Board:
    """The board at `at`; a constant number of queries."""
    open_ones = Discrepancy.objects.filter(status=Discrepancy.Status.OPEN)
    waiting = BalanceTransaction.objects.filter(category="fee", fee_type="")
    runs = list(Run.objects.order_by("-started_at", "-pk")[:RUNS])
    owners = open_ones.aggregate(
        mine=Count("pk", filter=Q(assignee=user_id)),
        nobody=Count("pk", filter=Q(assignee=None)),
    )
    return Board(
        tallies=_tallies(at),
        balances=_balances(at),
        ages=[*(name for name, _ in AGES), OLDER],
        waiting_fee_count=waiting.count(),
        waiting_fees=list(waiting.order_by("happened_at")[:5]),
        runs=runs,
        last_run=next((run for run in runs if run.finished_at), None),
        mine_count=owners["mine"],
        unowned_count=owners["nobody"],
    )


def _tallies(at: datetime) -> list[Tally]:
    kinds = Discrepancy.Kind
    found = {
        one.kind: one
        for one in (
            Tally(kinds.MISSING_HERE, "Missing here", "the processor has it"),
            Tally(kinds.MISSING_THERE, "Missing there", "only the books have it"),
            Tally(kinds.DIFFERENT, "Different", "both have it, not alike"),
        )
    }
    young, old = (at - age for _, age in AGES)
    rows = Discrepancy.objects.filter(status=Discrepancy.Status.OPEN).values("kind", "currency")
    counted = rows.annotate(
        count=Count("pk"),
        oldest_at=Min("happened_at"),
        amount=Sum(Coalesce(F("there_amount"), 0) - Coalesce(F("here_amount"), 0)),
        first=Count("pk", filter=Q(happened_at__gt=young)),
        second=Count("pk", filter=Q(happened_at__lte=young, happened_at__gt=old)),
        third=Count("pk", filter=Q(happened_at__lte=old)),
    )
    for row in counted.order_by("kind", "currency"):
        tally = found[row["kind"]]
        tally.count += row["count"]
        tally.sums.append((row["amount"], row["currency"]))
        tally.oldest_at = min(filter(None, (tally.oldest_at, row["oldest_at"])))
        for place, count in enumerate((row["first"], row["second"], row["third"])):
            tally.ages[place] += count
    return list(found.values())


def _balances(at: datetime) -> list[Balance]:
    matched = Q(status=BalanceTransaction.Status.MATCHED)
    rows = (
        BalanceTransaction.objects.filter(happened_at__gt=at - SHOWN)
        .values("currency")
        .annotate(
            matched_count=Count("pk", filter=matched),
            matched_amount=Coalesce(Sum("net", filter=matched), 0),
            open_count=Count("pk", filter=~matched),
            open_amount=Coalesce(Sum("net", filter=~matched), 0),
        )
    )
    return [Balance(**row) for row in rows.order_by("currency")]
