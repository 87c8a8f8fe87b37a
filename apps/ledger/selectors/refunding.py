"""What the books say of a payment that is to be given back."""

from __future__ import annotations

from collections import defaultdict

from apps.ledger.books import Move, Place
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Account, Entry, Transfer
from apps.ledger.refunds import BookedPayment, Share
from apps.ledger.sales import payment_reference
from apps.ledger.unclaimed import unclaimed_reference

_PAID = ("payment", "unclaimed_payment")
_RETURNED = ("refund", "unclaimed_refund", "refund_reversal", "unclaimed_refund_reversal")


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


def _place(account: Account) -> Place:
    return Place(AccountKind(account.kind), account.currency, account.organization_id)


def _sums(rows: list[Transfer], types: tuple[str, ...]) -> dict[str, int]:
    """What the processor took in for the payment, tax and the rest; differences left out."""
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.entry.type not in types or row.type == "refund_difference":
            continue
        part = "tax" if row.type == "tax" else "net"
        if row.debit_account.kind == AccountKind.PROCESSOR_BALANCE:
            sums[part] += row.amount
        elif row.credit_account.kind == AccountKind.PROCESSOR_BALANCE:
            sums[part] -= row.amount
    return sums
