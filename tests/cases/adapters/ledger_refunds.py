"""
What is posted for a refund, and for one that fails after all: rows of the area `ledger_postings`.

What a rounding or another rate leaves to the platform has no row in the tables and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from apps.core.money import round_half_away
from apps.ledger.books import Cause, Move, Place
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Entry
from apps.ledger.operations import (
    RefundNotBooked,
    RefundOfUnbookedPayment,
    post_entries,
    post_entry,
    post_refund,
    post_refund_reversal,
)
from apps.ledger.refunds import Refunded
from apps.ledger.sales import payment_drafts
from apps.organizations.models import Organization
from tests.cases.adapters.ledger_postings import AREA, CHARGE, NOW, ORIGIN, merchant, sale_for
from tests.cases.adapters.ledger_postings import rows_of as payment_rows_of
from tests.cases.registry import Facts, adapter

REFUND = UUID(int=3)
# The names that the tables have for what we refuse, or leave as it is.
NOT_SUCCEEDED = "NotSucceededRefundError"
NOT_CANCELED = "NotCanceledRefundError"
TWICE = "RefundTransactionAlreadyExistsError"
ERRORS = {
    RefundOfUnbookedPayment: "PaymentTransactionForChargeDoesNotExist",
    RefundNotBooked: "RefundTransactionDoesNotExistError",
}


@adapter(AREA, db=True)
def refund(given: Facts, when: Facts) -> Facts:
    if given.get("refund_status", "succeeded") != "succeeded":
        # Only a refund that has succeeded is handed to the books: see the area `refunds`.
        return {"transactions": [], "error": NOT_SUCCEEDED}
    amount, tax = when["amount"], when.get("tax_amount") or 0
    settled = abs((when.get("settlement") or {}).get("amount") or amount + tax)
    if "payment" not in given or given["payment"] is not None:
        book(given, rate=Fraction(settled, amount + tax), default=(amount, tax))
    refunded = _refunded(amount, tax, settled, fee=given.get("processor_fee") or 0)
    if given.get("already_booked"):
        post_refund(refunded=refunded, origin=ORIGIN)
    known = set(Entry.objects.values_list("pk", flat=True))
    try:
        post_refund(refunded=refunded, origin=ORIGIN)
    except RefundOfUnbookedPayment as error:
        return {"transactions": [], "error": ERRORS[type(error)]}
    rows = rows_of(Entry.objects.exclude(pk__in=known))
    return {"transactions": rows, "error": TWICE if given.get("already_booked") else None}


@adapter(AREA, db=True)
def refund_processor_fee(given: Facts, when: Facts) -> Facts:
    book({}, rate=Fraction(1), default=(1000, 0))
    fee = given["processor_fee"]
    post_refund(refunded=_refunded(1000, 0, 1000, fee=fee), origin=ORIGIN)
    return {"transactions": rows_of(Entry.objects.filter(type="processor_fee"))}


@adapter(AREA, db=True)
def refund_reversal(given: Facts, when: Facts) -> Facts:
    if when["refund_status"] not in ("canceled", "failed"):
        return {"transactions": [], "error": NOT_CANCELED}
    booked = given.get("refund")
    if booked:
        settled = abs(booked["amount"]) + abs(booked.get("tax_amount") or 0)
        amount = abs(booked.get("presentment_amount") or booked["amount"])
        tax = abs(booked.get("presentment_tax_amount") or booked.get("tax_amount") or 0)
        book(given, rate=Fraction(settled, amount + tax), default=(amount, tax))
        post_refund(refunded=_refunded(amount, tax, settled), origin=ORIGIN)
    known = set(Entry.objects.values_list("pk", flat=True))
    try:
        post_refund_reversal(refund_id=REFUND, origin=ORIGIN)
    except RefundNotBooked as error:
        return {"transactions": [], "error": ERRORS[type(error)]}
    return {"transactions": rows_of(Entry.objects.exclude(pk__in=known)), "error": None}


def rows_of(entries: Iterable[Entry]) -> list[Facts]:
    """Entries of refunds as rows; those of a kind that sales have too are read as theirs."""
    rows: list[Facts] = []
    for entry in entries:
        if entry.type in ("refund", "refund_reversal"):
            rows.append(_refund_row(entry))
        elif entry.type.startswith("refund_balance"):
            rows += _pairs(entry)
        else:
            rows += payment_rows_of([entry])
    return rows


def _refund_row(entry: Entry) -> Facts:
    sign = 1 if entry.type == "refund_reversal" else -1
    sums = {"refund": 0, "tax": 0}
    for transfer in entry.transfers.select_related("credit_account"):
        if transfer.type in sums:
            is_out = transfer.credit_account.kind == AccountKind.PROCESSOR_BALANCE
            sums[transfer.type] += transfer.amount if is_out == (sign < 0) else -transfer.amount
    return {
        "type": entry.type,
        "account": "platform",
        "amount": sign * sums["refund"],
        "tax_amount": sign * sums["tax"],
        "currency": entry.transfers.all()[0].currency,
        "presentment_currency": entry.presentment_currency,
        "presentment_amount": entry.presentment_amount,
        "presentment_tax_amount": entry.presentment_tax_amount,
    }


def _pairs(entry: Entry) -> list[Facts]:
    rows = []
    for transfer in entry.transfers.select_related("debit_account").filter(type="balance"):
        is_taken = transfer.debit_account.kind == AccountKind.MERCHANT_BALANCE
        paid = -transfer.amount if is_taken else transfer.amount
        for account, amount in (("merchant", paid), ("platform", -paid)):
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


def _refunded(amount: int, tax: int, settled: int, *, fee: int = 0) -> Refunded:
    return Refunded(
        refund_id=REFUND,
        charge_id=CHARGE,
        amount=amount,
        tax_amount=tax,
        settlement_currency="usd",
        settlement_amount=settled,
        settlement_fee=fee,
    )


def book(given: Facts, *, rate: Fraction, default: tuple[int, int]) -> None:
    """The payment of a case, and what its merchant was given of it, in one amount or several."""
    owner = merchant()
    paid: dict[str, Any] = given.get("payment") or {
        "amount": round_half_away(default[0] * rate),
        "tax_amount": round_half_away(default[1] * rate),
    }
    net, tax = paid["amount"], paid.get("tax_amount") or 0
    shown_net = paid.get("presentment_amount") or round_half_away(net / rate)
    shown_tax = paid.get("presentment_tax_amount") or round_half_away(tax / rate)
    sale = sale_for(
        owner,
        presentment_currency=paid.get("presentment_currency") or "usd",
        presentment_amount=shown_net + shown_tax,
        presentment_tax_amount=shown_tax,
        settlement_amount=net + tax,
        exchange_rate=None if rate == 1 else Decimal(rate.numerator) / rate.denominator,
    )
    drafts = payment_drafts(sale, at=NOW)
    post_entries(drafts=drafts)
    for number, amount in enumerate(given.get("balances", [net])):
        _give(owner, number, amount)


def _give(owner: Organization, number: int, amount: int) -> None:
    post_entry(
        reference=f"balance:{CHARGE}:{number}",
        type="balance",
        transfers=[
            Move(
                "balance",
                Place(AccountKind.SALES_CLEARING, "usd", owner.pk),
                Place(AccountKind.MERCHANT_BALANCE, "usd", owner.pk),
                amount,
            )
        ],
        organization_id=owner.pk,
        at=NOW,
        cause=Cause(order_id=UUID(int=1), payment_id=UUID(int=2)),
    )
