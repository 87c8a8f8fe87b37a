"""What a payout is made of: its transactions, and their sums as its reverse invoice has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from apps.api.spreadsheets import csv_lines, money_cell, safe_cell
from apps.ledger.models import Transfer
from apps.payouts.models import Payout

HEADER: Final = (
    "Date",
    "Payout ID",
    "Transaction ID",
    "Description",
    "Currency",
    "Amount",
    "Payout Total",
    "Account Currency",
    "Account Payout Total",
)
CHUNK: Final = 1000
# What moves between the balance and what is kept of it.
_KEPT: Final = frozenset({"reserve", "reserve_release", "hold", "hold_release", "dispute_hold"})


@dataclass(frozen=True, slots=True)
class Line:
    """One transaction of a merchant's balance that a payout pays."""

    at: datetime
    transfer_id: int
    type: str
    reference: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """
    The lines of a reverse invoice, in minor units of the payout's currency; without tax.

    Sales, revenue share, payout fees, those given back of canceled payouts, and what was kept back
    or is kept no more, add up to `total_amount`, what was paid.
    """

    sales_amount: int
    revenue_share_amount: int
    payout_fees_amount: int
    returned_fees_amount: int
    kept_amount: int
    total_amount: int
    period_start: datetime | None
    period_end: datetime | None


def lines_of(payout: Payout) -> Iterator[Line]:
    """Every transaction that a payout pays, oldest first; of a canceled one none."""
    found = payout.lines.filter(released_at=None).order_by("transfer_id")
    amounts: list[tuple[int, int]] = []
    for pair in found.values_list("transfer_id", "amount").iterator(chunk_size=CHUNK):
        amounts.append(pair)
        if len(amounts) == CHUNK:
            yield from _lines(amounts, payout)
            amounts = []
    yield from _lines(amounts, payout)


def statement_of(payout: Payout) -> Statement:
    """The sums of a payout's transactions."""
    sums = {"sales": 0, "share": 0, "fees": 0, "returned": 0, "kept": 0}
    period: list[datetime] = []
    for line in lines_of(payout):
        group = _group(line)
        sums[group] += line.amount
        if group == "sales":
            period = [min([line.at, *period[:1]]), max([line.at, *period[1:]])]
    return Statement(
        sales_amount=sums["sales"],
        revenue_share_amount=sums["share"],
        payout_fees_amount=sums["fees"],
        returned_fees_amount=sums["returned"],
        kept_amount=sums["kept"],
        total_amount=sum(sums.values()),
        period_start=period[0] if period else None,
        period_end=period[1] if period else None,
    )


def statement_csv(payout: Payout) -> Iterator[str]:
    """One row for each transaction, amounts with the digits that their currency has."""
    total = money_cell(payout.amount, payout.currency)
    arrived = (
        money_cell(payout.account_amount, payout.account_currency)
        if payout.account_amount is not None
        else ""
    )
    return csv_lines(
        HEADER,
        (
            (
                line.at.isoformat(),
                payout.pk,
                line.transfer_id,
                safe_cell(f"{line.type.replace('_', ' ')} {line.reference}"),
                payout.currency.upper(),
                money_cell(line.amount, payout.currency),
                total,
                payout.account_currency.upper(),
                arrived,
            )
            for line in lines_of(payout)
        ),
    )


def _lines(pairs: list[tuple[int, int]], payout: Payout) -> Iterator[Line]:
    rows = Transfer.objects.select_related("entry").in_bulk([pk for pk, _ in pairs])
    own = f"payout:{payout.pk}"
    for pk, amount in pairs:
        row = rows[pk]
        # What is paid out is not a transaction that it pays.
        if row.entry.reference != own:
            yield Line(row.posted_at, pk, row.type, row.entry.reference, amount)


def _group(line: Line) -> str:
    if line.type.startswith("platform_fee"):
        return "share"
    if line.type.startswith("payout_fee"):
        return "fees" if line.amount < 0 else "returned"
    return "kept" if line.type in _KEPT else "sales"
