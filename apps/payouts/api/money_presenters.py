"""A merchant's money as the API shows it: what they may know, and nothing of who decided."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from apps.ledger.models import Transfer
from apps.payouts.api.presenters import ReleaseBody
from apps.payouts.models import Payout
from apps.payouts.whereabouts import (
    DEBT,
    DISPUTED,
    HELD,
    IN_TRANSIT,
    MATURING,
    OWED_BACK,
    REFUNDS,
    RESERVED,
    SETTLED,
    UNCLAIMED,
    Part,
    Whereabouts,
)


class KeptBody(TypedDict):
    """An amount that is kept, and until when; null: until it is decided."""

    amount: int
    until: datetime | None


class TransitBody(TypedDict):
    """What of a payout is on its way."""

    payout_id: UUID
    status: str
    amount: int


class OwedBody(TypedDict):
    """
    What is owed back: a balance below zero, and what buyers or their banks may get back.

    Its parts add up to `owed_back_amount`, the debt counted as below zero.
    """

    debt_amount: int
    disputed_amount: int
    unclaimed_amount: int
    refunds_pending_amount: int


class WhereaboutsBody(TypedDict):
    """Where all of an organization's money is; the six amounts add up to `total_amount`."""

    currency: str
    total_amount: int
    settled_amount: int
    maturing_amount: int
    in_transit_amount: int
    held_amount: int
    reserved_amount: int
    owed_back_amount: int
    releases: list[ReleaseBody]
    in_transit: list[TransitBody]
    held: list[KeptBody]
    reserved: list[KeptBody]
    owed_back: OwedBody


class TransactionBody(TypedDict):
    """One movement of an organization's balance; below zero it was taken out of it."""

    created_at: datetime
    id: int
    type: str
    fee_type: str | None
    amount: int
    currency: str
    available_at: datetime | None
    order_id: UUID | None
    payment_id: UUID | None
    payout_id: UUID | None


def present_whereabouts(money: Whereabouts) -> WhereaboutsBody:
    """Amounts and times; reasons and names of staff stay inside."""
    amounts = {place.key: place.amount for place in money.places}
    return {
        "currency": money.currency,
        "total_amount": money.total_amount,
        "settled_amount": amounts[SETTLED],
        "maturing_amount": amounts[MATURING],
        "in_transit_amount": amounts[IN_TRANSIT],
        "held_amount": amounts[HELD],
        "reserved_amount": amounts[RESERVED],
        "owed_back_amount": amounts[OWED_BACK],
        "releases": [{"at": one.at, "amount": one.amount} for one in money.releases],
        "in_transit": [
            {
                "payout_id": part.record.pk,
                "status": part.record.status,
                "amount": part.amount,
            }
            for part in money.place(IN_TRANSIT).parts
            if isinstance(part.record, Payout)
        ],
        "held": [_kept(part) for part in money.place(HELD).parts],
        "reserved": [_kept(part) for part in money.place(RESERVED).parts if part.amount],
        "owed_back": _owed(money),
    }


def present_transaction(transfer: Transfer) -> TransactionBody:
    """One movement, with the payout that pays it."""
    _, _, fee = transfer.type.partition(".")
    return {
        "created_at": transfer.posted_at,
        "id": transfer.pk,
        "type": transfer.entry.type,
        "fee_type": fee or None,
        "amount": transfer.signed_amount,  # type: ignore[attr-defined]
        "currency": transfer.currency,
        "available_at": transfer.available_at,
        "order_id": transfer.entry.order_id,
        "payment_id": transfer.entry.payment_id,
        "payout_id": transfer.payout_id,  # type: ignore[attr-defined]
    }


def _kept(part: Part) -> KeptBody:
    return {"amount": part.amount, "until": part.until}


def _owed(money: Whereabouts) -> OwedBody:
    amounts = {part.title: part.amount for part in money.place(OWED_BACK).parts}
    return {
        "debt_amount": -amounts.get(DEBT, 0),
        "disputed_amount": amounts.get(DISPUTED, 0),
        "unclaimed_amount": amounts.get(UNCLAIMED, 0),
        "refunds_pending_amount": amounts.get(REFUNDS, 0),
    }
