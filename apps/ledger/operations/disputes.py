"""Posting money that banks take back, keep, or return."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.origin import Origin
from apps.events.operations import record
from apps.ledger.books import Cause, Draft
from apps.ledger.disputes import (
    Disputed,
    dispute_reference,
    fee_moves,
    passed_on_moves,
    withdrawal_drafts,
)
from apps.ledger.fees import Fee, FeeType, dispute_fees
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Entry
from apps.ledger.operations.posting import post_entries
from apps.ledger.operations.refunds import RefundOfUnbookedPayment
from apps.ledger.selectors.disputing import (
    dispute_loss_drafts,
    dispute_reversal_drafts,
    entries_of_dispute,
)
from apps.ledger.selectors.fees import fee_terms
from apps.ledger.selectors.refunding import booked_payment


@transaction.atomic
def post_dispute(*, disputed: Disputed, origin: Origin) -> list[Entry]:
    """
    Book what a bank took: contested from now on, with the merchant's share held, and the fee.

    The same dispute again changes nothing and returns the entries that are there. The caller holds
    the order of the payment, or the payment that has none. Records `balance.dispute`.

    :raises RefundOfUnbookedPayment: if the charge is not in the books.
    :raises ValueError: if it was settled in another currency than the payment.
    """
    known = entries_of_dispute(disputed.dispute_id)
    if known:
        return list(known.values())
    booked = booked_payment(disputed.charge_id)
    if booked is None:
        raise RefundOfUnbookedPayment
    if booked.currency != disputed.settlement_currency:
        raise ValueError(f"{disputed.dispute_id}: settled in {disputed.settlement_currency}.")
    posted = post_entries(drafts=withdrawal_drafts(disputed, booked, at=origin.at))
    _announce("balance.dispute", posted[0][0], disputed.dispute_id, origin)
    return [entry for entry, _ in posted]


@transaction.atomic
def post_dispute_loss(*, dispute_id: UUID, origin: Origin) -> list[Entry]:
    """
    Book that a bank keeps what it took; the second time changes nothing.

    Empty for a dispute whose money never was withdrawn.
    """
    drafts = dispute_loss_drafts(dispute_id, at=origin.at)
    return [entry for entry, _ in post_entries(drafts=drafts)] if drafts else []


@transaction.atomic
def post_dispute_reversal(
    *,
    dispute_id: UUID,
    returned_amount: int | None = None,
    fees: tuple[int, ...] = (),
    origin: Origin,
) -> list[Entry]:
    """
    Book that what a bank took is back: every part goes to where it came from, fees stay charged.

    `returned_amount` is what arrived, None for as much as had left; `fees` is what the processor
    took for it. The second time changes nothing. Records `balance.dispute_reversal`.
    """
    drafts = dispute_reversal_drafts(dispute_id, returned_amount=returned_amount, at=origin.at)
    if not drafts:
        return []
    posted = post_entries(drafts=[*drafts, *_fees(dispute_id, fees, origin)])
    undone = next(entry for entry, _ in posted if entry.type == "dispute_reversal")
    if posted[0][1]:
        _announce("balance.dispute_reversal", undone, dispute_id, origin)
    return [entry for entry, _ in posted]


@transaction.atomic
def post_fraud_warning_fee(
    *, warning_id: UUID, organization_id: UUID, payment_id: UUID, origin: Origin
) -> Entry | None:
    """
    Charge a merchant for an early fraud warning where their terms say so; None where not.

    In the settlement currency. The second time changes nothing.
    """
    terms = fee_terms(organization_id)
    amount = terms.rates.fraud_warning_amount
    if not terms.has_processor_fees or not amount:
        return None
    draft = Draft(
        reference=f"platform_fee:fraud_warning:{warning_id}",
        type="platform_fee",
        transfers=passed_on_moves(
            [Fee(FeeType.FRAUD_WARNING, amount)], settings.SETTLEMENT_CURRENCY, organization_id
        ),
        organization_id=organization_id,
        at=origin.at,
        cause=Cause(payment_id=payment_id),
        details={"fraud_warning_id": str(warning_id)},
    )
    return post_entries(drafts=[draft])[0][0]


def _fees(dispute_id: UUID, fees: tuple[int, ...], origin: Origin) -> list[Draft]:
    taken = entries_of_dispute(dispute_id)[dispute_reference(dispute_id)]
    currency = taken.transfers.values_list("currency", flat=True)[0]
    reference = f"{dispute_reference(dispute_id)}:reversal"
    candidates = [("processor_fee", fee_moves(fees, currency))]
    is_passed_on = Entry.objects.filter(
        reference=f"platform_fee:{dispute_reference(dispute_id)}"
    ).exists()
    if taken.organization_id is not None and is_passed_on:
        passed_on = passed_on_moves(dispute_fees(fees), currency, taken.organization_id)
        candidates.append(("platform_fee", passed_on))
    return [
        Draft(
            reference=f"{type}:{reference}",
            type=type,
            transfers=transfers,
            organization_id=taken.organization_id,
            at=origin.at,
            cause=Cause(order_id=taken.order_id, payment_id=taken.payment_id),
            details=taken.details,
        )
        for type, transfers in candidates
        if transfers
    ]


def _announce(kind: str, entry: Entry, dispute_id: UUID, origin: Origin) -> None:
    rows = entry.transfers.filter(
        debit_account__kind__in=(AccountKind.CONTESTED_PAYMENTS, AccountKind.PROCESSOR_BALANCE)
    )
    moved = list(rows.order_by("pk").values_list("type", "amount", "currency"))
    record(
        kind,
        subject=entry,
        organization_id=entry.organization_id,
        origin=origin,
        payload={
            "dispute_id": str(dispute_id),
            "order_id": str(entry.order_id) if entry.order_id else None,
            "payment_id": str(entry.payment_id) if entry.payment_id else None,
            "amount": sum(amount for type_, amount, _ in moved if type_ == "dispute"),
            "tax_amount": sum(amount for type_, amount, _ in moved if type_ == "tax"),
            "currency": moved[0][2],
            "presentment_amount": abs(entry.presentment_amount or 0),
            "presentment_tax_amount": abs(entry.presentment_tax_amount or 0),
            "presentment_currency": entry.presentment_currency,
        },
    )
