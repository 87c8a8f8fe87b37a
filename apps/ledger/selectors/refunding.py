"""What the books say of a payment that is to be given back."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from apps.ledger.books import Cause, Draft, Move, Place, Presentment
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Account, Entry, Transfer
from apps.ledger.refunds import (
    BookedPayment,
    Share,
    refund_balance_reference,
    refund_reference,
    reversal_draft,
)
from apps.ledger.sales import payment_reference
from apps.ledger.unclaimed import unclaimed_reference

_PAID = ("payment", "unclaimed_payment")
_RETURNED = (
    "refund",
    "unclaimed_refund",
    "refund_reversal",
    "unclaimed_refund_reversal",
    "dispute",
    "dispute_reversal",
)
_DIFFERENCES = frozenset({"refund_difference", "dispute_difference"})


def booked_payment(charge_id: str) -> BookedPayment | None:
    """The payment of a charge in the books, with what went back so far; None if it is not there."""
    references = [payment_reference(charge_id), unclaimed_reference(charge_id)]
    paid = Entry.objects.filter(reference__in=references).first()
    if paid is None or paid.payment_id is None or paid.organization_id is None:
        return None
    rows = list(
        Transfer.objects.filter(entry__payment_id=paid.payment_id)
        .select_related("entry", "debit_account", "credit_account")
        .order_by("pk")
    )
    came_in, went_back = _sums(rows, _PAID), _sums(rows, _RETURNED)
    presentment = {row.entry_id: row.entry for row in rows if row.entry.type in _RETURNED}.values()
    return BookedPayment(
        organization_id=paid.organization_id,
        order_id=paid.order_id,
        payment_id=paid.payment_id,
        currency=next(row.currency for row in rows if row.entry_id == paid.pk),
        net_amount=came_in["net"],
        tax_amount=came_in["tax"],
        presentment_currency=paid.presentment_currency or "",
        presentment_net_amount=paid.presentment_amount or 0,
        presentment_tax_amount=paid.presentment_tax_amount or 0,
        shares=tuple(
            Share(row.amount, row.available_at) for row in rows if row.entry.type == "balance"
        ),
        is_unclaimed=paid.type == "unclaimed_payment",
        returned_net_amount=-went_back["net"],
        returned_tax_amount=-went_back["tax"],
        returned_presentment_net_amount=-sum(one.presentment_amount or 0 for one in presentment),
        returned_presentment_tax_amount=-sum(
            one.presentment_tax_amount or 0 for one in presentment
        ),
    )


def moves_of(entry: Entry) -> list[Move]:
    """The transfers of an entry as they were drafted."""
    rows = entry.transfers.select_related("debit_account", "credit_account").order_by("pk")
    return [
        Move(
            row.type,
            _place(row.debit_account),
            _place(row.credit_account),
            row.amount,
            row.available_at,
        )
        for row in rows
    ]


def entries_of_refund(refund_id: UUID) -> list[Entry]:
    """The entries by which a refund left; none if it is not in the books."""
    references = [refund_reference(refund_id), refund_balance_reference(refund_id)]
    found = {entry.reference: entry for entry in Entry.objects.filter(reference__in=references)}
    return [found[reference] for reference in references if reference in found]


def refund_reversal_drafts(
    refund_id: UUID, *, returned_amount: int | None, at: datetime
) -> list[Draft]:
    """What undoes a refund in the books, see `reversal_draft`; none if it is not there."""
    entries = entries_of_refund(refund_id)
    return [_reversal(entry, returned_amount, at) for entry in entries]


def _reversal(entry: Entry, returned_amount: int | None, at: datetime) -> Draft:
    original = Draft(
        reference=entry.reference,
        type=entry.type,
        transfers=tuple(moves_of(entry)),
        organization_id=entry.organization_id,
        at=at,
        cause=Cause(order_id=entry.order_id, payment_id=entry.payment_id),
        presentment=_presentment(entry),
        details=entry.details,
    )
    return reversal_draft(original, corrects_id=entry.pk, returned_amount=returned_amount)


def _presentment(entry: Entry) -> Presentment | None:
    if entry.presentment_currency is None or entry.exchange_rate is None:
        return None
    return Presentment(
        currency=entry.presentment_currency,
        amount=entry.presentment_amount or 0,
        tax_amount=entry.presentment_tax_amount or 0,
        exchange_rate=entry.exchange_rate,
    )


def _place(account: Account) -> Place:
    return Place(AccountKind(account.kind), account.currency, account.organization_id)


def _sums(rows: list[Transfer], types: tuple[str, ...]) -> dict[str, int]:
    """What the processor took in for the payment, tax and the rest; differences left out."""
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.entry.type not in types or row.type in _DIFFERENCES:
            continue
        part = "tax" if row.type == "tax" else "net"
        if row.debit_account.kind == AccountKind.PROCESSOR_BALANCE:
            sums[part] += row.amount
        elif row.credit_account.kind == AccountKind.PROCESSOR_BALANCE:
            sums[part] -= row.amount
    return sums
