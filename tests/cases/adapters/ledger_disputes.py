"""
What is posted for a dispute that has ended: rows of the area `ledger_postings`.

The tables post everything at the end. Here the money moves when the bank moves it, and the
merchant's part is kept for them until the outcome; that it was kept is no row of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from uuid import UUID

from apps.ledger.disputes import Disputed
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Entry
from apps.ledger.operations.disputes import (
    post_dispute,
    post_dispute_loss,
    post_dispute_reversal,
)
from tests.cases.adapters.ledger_postings import AREA, CHARGE, ORIGIN
from tests.cases.adapters.ledger_postings import rows_of as payment_rows_of
from tests.cases.adapters.ledger_refunds import book
from tests.cases.registry import Facts, adapter

DISPUTE = UUID(int=4)
TWICE = "DisputeTransactionAlreadyExistsError"
# As the tables have them, whatever came first in time.
ORDER = ("dispute", "processor_fee", "dispute_reversal", "dispute_balance", "platform_fee")


@adapter(AREA, db=True)
def dispute(given: Facts, when: Facts) -> Facts:
    amount, tax = when["amount"], when.get("tax_amount") or 0
    settled = abs(when.get("settlement") or amount + tax)
    book(given, rate=Fraction(settled, amount + tax), default=(amount, tax))
    disputed = Disputed(
        dispute_id=DISPUTE,
        charge_id=CHARGE,
        amount=amount,
        tax_amount=tax,
        settlement_currency="usd",
        settlement_amount=settled,
        fees=tuple(given.get("dispute_fees", ())),
    )
    before = set(Entry.objects.values_list("pk", flat=True))
    _end(disputed, given, when)
    known = set(Entry.objects.values_list("pk", flat=True))
    if given.get("already_booked"):
        _end(disputed, given, when)
        rows = rows_of(Entry.objects.exclude(pk__in=known))
        return {"transactions": rows, "error": TWICE, "merchant_net": None}
    rows = rows_of(Entry.objects.exclude(pk__in=before))
    net = sum(row["amount"] for row in rows if row["account"] == "merchant")
    return {"transactions": rows, "error": None, "merchant_net": net}


def rows_of(entries: Iterable[Entry]) -> list[Facts]:
    """The entries of disputes as rows, in the order of the tables."""
    rows: list[Facts] = []
    shown = [entry for entry in entries if entry.type in ORDER]
    for entry in sorted(shown, key=lambda one: ORDER.index(one.type)):
        if entry.type in ("dispute", "dispute_reversal"):
            rows.append(_dispute_row(entry))
        elif entry.type == "dispute_balance":
            rows += _pairs(entry)
        else:
            rows += payment_rows_of([entry])
    return rows


def _end(disputed: Disputed, given: Facts, when: Facts) -> None:
    post_dispute(disputed=disputed, origin=ORIGIN)
    if when["status"] == "lost":
        post_dispute_loss(dispute_id=DISPUTE, origin=ORIGIN)
    else:
        fees = tuple(given.get("reversal_fees", ()))
        post_dispute_reversal(dispute_id=DISPUTE, fees=fees, origin=ORIGIN)


def _dispute_row(entry: Entry) -> Facts:
    sign = 1 if entry.type == "dispute_reversal" else -1
    sums = {"dispute": 0, "tax": 0}
    for transfer in entry.transfers.all():
        sums[transfer.type] += sign * transfer.amount
    return {
        "type": entry.type,
        "account": "platform",
        "amount": sums["dispute"],
        "tax_amount": sums["tax"],
        "currency": entry.transfers.all()[0].currency,
        "presentment_currency": entry.presentment_currency,
        "presentment_amount": entry.presentment_amount,
        "presentment_tax_amount": entry.presentment_tax_amount,
    }


def _pairs(entry: Entry) -> list[Facts]:
    rows = []
    for transfer in entry.transfers.select_related("debit_account").filter(type="balance"):
        assert transfer.debit_account.kind == AccountKind.DISPUTE_HOLDS
        for account, amount in (("merchant", -transfer.amount), ("platform", transfer.amount)):
            rows.append(
                {
                    "type": "balance",
                    "account": account,
                    "amount": amount,
                    "currency": transfer.currency,
                    "fee_type": None,
                }
            )
    return rows
