"""Posting money that goes back to buyers, and that came back because it could not."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.events.operations import record
from apps.ledger.models import Entry
from apps.ledger.operations.posting import post_entries
from apps.ledger.refunds import Refunded, refund_drafts
from apps.ledger.selectors.refunding import (
    booked_payment,
    entries_of_refund,
    refund_reversal_drafts,
)


class RefundOfUnbookedPayment(DomainError):
    """The money of the charge is not in the books; asking again later may help."""

    status = 409
    message = "The payment is not in the books yet."


class RefundNotBooked(DomainError):
    """There is nothing to undo: the refund never was in the books."""

    status = 409
    message = "The refund is not in the books."


@transaction.atomic
def post_refund(*, refunded: Refunded, origin: Origin) -> list[Entry]:
    """
    Book a refund that has left the processor: money, tax, the merchant's balance, its fee.

    Platform fees are kept. The same refund again changes nothing and returns the same entries.
    Two refunds of one payment are to be posted one after the other: the caller holds its order,
    or the payment that has none. Records `balance.refund`.

    :raises RefundOfUnbookedPayment: if the charge is not in the books.
    :raises ValueError: if it was settled in another currency than the payment.
    """
    entries = entries_of_refund(refunded.refund_id)
    if entries:
        return entries
    booked = booked_payment(refunded.charge_id)
    if booked is None:
        raise RefundOfUnbookedPayment
    if booked.currency != refunded.settlement_currency:
        raise ValueError(f"{refunded.refund_id}: settled in {refunded.settlement_currency}.")
    drafts = refund_drafts(refunded, booked, at=origin.at)
    entries = [entry for entry, _ in post_entries(drafts=drafts)]
    _announce("balance.refund", entries[0], refunded.refund_id, origin)
    return entries


@transaction.atomic
def post_refund_reversal(
    *, refund_id: UUID, returned_amount: int | None = None, origin: Origin
) -> list[Entry]:
    """
    Undo the entries of a refund that has failed after all: each gets back exactly what it gave.

    `returned_amount` is what came back to the processor balance, where that is known; the platform
    bears what is missing. What the processor charged for the refund stays charged. The second time
    changes nothing. Records `balance.refund_reversal`.

    :raises RefundNotBooked: if the refund is not in the books.
    """
    drafts = refund_reversal_drafts(refund_id, returned_amount=returned_amount, at=origin.at)
    if not drafts:
        raise RefundNotBooked
    posted = post_entries(drafts=drafts)
    if posted[0][1]:
        _announce("balance.refund_reversal", posted[0][0], refund_id, origin)
    return [entry for entry, _ in posted]


def _announce(kind: str, entry: Entry, refund_id: UUID, origin: Origin) -> None:
    rows = entry.transfers.order_by("pk").values_list("type", "amount", "currency")
    record(
        kind,
        subject=entry,
        organization_id=entry.organization_id,
        origin=origin,
        payload={
            "refund_id": str(refund_id),
            "order_id": str(entry.order_id) if entry.order_id else None,
            "payment_id": str(entry.payment_id) if entry.payment_id else None,
            "amount": sum(amount for type_, amount, _ in rows if type_ != "tax"),
            "tax_amount": sum(amount for type_, amount, _ in rows if type_ == "tax"),
            "currency": rows[0][2],
            "presentment_amount": abs(entry.presentment_amount or 0),
            "presentment_tax_amount": abs(entry.presentment_tax_amount or 0),
            "presentment_currency": entry.presentment_currency,
        },
    )
