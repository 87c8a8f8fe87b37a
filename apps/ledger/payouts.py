"""
A payout, and the entries that it makes on its way. Pure: no database, no clock.

==================  =========================  =========================  ======================
step                debit                      credit                     entry
==================  =========================  =========================  ======================
its fees            merchant balance           platform revenue           `payout_fee:<payout>`
it is asked for     merchant balance           payouts due                `payout:<payout>`
transferred         payout accounts            processor balance          `payout_transfer:<…>`
a try arrives       payouts due                payout accounts            `payout_paid:<attempt>`
people paid it      payouts due                bank balance               `payout_paid:<payout>`
==================  =========================  =========================  ======================

What is undone is booked the other way round, under `reversal:<reference>`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.ledger.books import Draft, Move, Place
from apps.ledger.kinds import AccountKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutMoney:
    """What is taken from a merchant for a payout: `amount` to be paid, and fees by type."""

    payout_id: UUID
    organization_id: UUID
    currency: str
    amount: int
    fees: tuple[tuple[str, int], ...] = ()

    def place(self, kind: AccountKind) -> Place:
        """The merchant's account of a kind."""
        return Place(kind, self.currency, self.organization_id)


def payout_reference(payout_id: UUID) -> str:
    """The reference of the entry by which a payout leaves the merchant's balance."""
    return f"payout:{payout_id}"


def payout_fees_reference(payout_id: UUID) -> str:
    """The reference of the entry that takes the fees of a payout."""
    return f"payout_fee:{payout_id}"


def transfer_reference(payout_id: UUID) -> str:
    """The reference of the entry by which the money goes to the payout account."""
    return f"payout_transfer:{payout_id}"


def arrival_reference(attempt_id: UUID) -> str:
    """The reference of the entry by which it arrives; a manual payout is its own attempt."""
    return f"payout_paid:{attempt_id}"


def payout_drafts(money: PayoutMoney, *, at: datetime) -> list[Draft]:
    """The fees, if any, and the payout: both count against what is available at once."""
    merchant = money.place(AccountKind.MERCHANT_BALANCE)
    revenue = Place(AccountKind.PLATFORM_REVENUE, money.currency)
    fees = tuple(
        Move(f"payout_fee.{kind}", merchant, revenue, amount)
        for kind, amount in money.fees
        if amount
    )
    due = Move("payout", merchant, money.place(AccountKind.PAYOUTS_DUE), money.amount)
    payout = _draft(payout_reference(money.payout_id), "payout", (due,), money, at)
    if not fees:
        return [payout]
    fee = _draft(payout_fees_reference(money.payout_id), "payout_fee", fees, money, at)
    return [fee, payout]


def transfer_draft(money: PayoutMoney, *, transfer_id: str, at: datetime) -> Draft:
    """The money leaves the platform's balance for the payout account."""
    sent = Move(
        "payout_transfer",
        money.place(AccountKind.PAYOUT_ACCOUNTS),
        Place(AccountKind.PROCESSOR_BALANCE, money.currency),
        money.amount,
    )
    reference = transfer_reference(money.payout_id)
    return _draft(reference, "payout_transfer", (sent,), money, at, transfer_id=transfer_id)


def arrival_draft(money: PayoutMoney, *, attempt_id: UUID, amount: int, at: datetime) -> Draft:
    """`amount` of a payout is in the merchant's bank."""
    paid = Move(
        "payout_paid",
        money.place(AccountKind.PAYOUTS_DUE),
        money.place(AccountKind.PAYOUT_ACCOUNTS),
        amount,
    )
    return _draft(
        arrival_reference(attempt_id), "payout_paid", (paid,), money, at, attempt_id=str(attempt_id)
    )


def manual_draft(money: PayoutMoney, *, at: datetime) -> Draft:
    """People have paid a payout from the platform's bank account."""
    paid = Move(
        "payout_paid",
        money.place(AccountKind.PAYOUTS_DUE),
        Place(AccountKind.BANK_BALANCE, money.currency),
        money.amount,
    )
    return _draft(arrival_reference(money.payout_id), "payout_paid", (paid,), money, at)


def _draft(
    reference: str,
    type: str,
    transfers: tuple[Move, ...],
    money: PayoutMoney,
    at: datetime,
    **details: str,
) -> Draft:
    return Draft(
        reference=reference,
        type=type,
        transfers=transfers,
        organization_id=money.organization_id,
        at=at,
        details={"payout_id": str(money.payout_id), **details},
    )
