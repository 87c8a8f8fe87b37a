"""Posting what a charge brought in, and what the platform keeps of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.events.operations import record
from apps.ledger.books import Cause, Draft, Move, Place, move
from apps.ledger.fees import Credit, FeeType, Instrument, PaymentFees, payment_fees
from apps.ledger.kinds import AccountKind
from apps.ledger.locks import lock_usable_fee_credits
from apps.ledger.models import Entry, FeeCredit
from apps.ledger.operations.posting import post_entries
from apps.ledger.sales import (
    Sale,
    SaleResult,
    balance_draft,
    balance_reference,
    fees_reference,
    payment_drafts,
    payment_reference,
)
from apps.ledger.selectors.fees import fee_terms


class PaymentNotBooked(DomainError):
    """The processor has not reported the money of this charge; asking again later may help."""

    status = 409
    message = "The payment is not in the books yet."


class AlreadyBalanced(DomainError):
    """The merchant was given the money of this charge before; nothing changed."""

    status = 409
    message = "This payment was balanced before."


@transaction.atomic
def post_sale(*, sale: Sale, origin: Origin) -> SaleResult:
    """
    Book a settled charge: payment, processor fee, the merchant's balance, platform fees.

    The merchant's money can be paid out `PAYOUT_DELAY_DAYS` after `origin.at`. Fee credits are
    used up oldest first. Once per charge: the same sale again, also at the same moment, changes
    nothing and returns the same result, even if the merchant's fee terms have changed since.

    :raises EntryConflict: if the charge was posted with other facts.
    """
    booked = post_entries(drafts=payment_drafts(sale, at=origin.at))
    entries = [entry for entry, _ in booked]
    is_new = booked[0][1]
    balanced = [] if is_new else _balanced(sale)
    if not balanced and (is_new or sale.net_amount):
        balanced = _balance(sale, origin)
    return _result(sale, entries + balanced)


@transaction.atomic
def balance_sale(*, sale: Sale, origin: Origin) -> SaleResult:
    """
    Give the merchant the money of a charge that was booked, less the platform's fees.

    `post_sale` does both; this is for a payment that was booked alone.

    :raises PaymentNotBooked: if the charge is not in the books.
    :raises AlreadyBalanced: the second time.
    """
    if not Entry.objects.filter(reference=payment_reference(sale.charge_id)).exists():
        raise PaymentNotBooked
    if _balanced(sale):
        raise AlreadyBalanced
    return _result(sale, _balance(sale, origin))


def _balanced(sale: Sale) -> list[Entry]:
    """What the merchant's side of a charge left in the books, in posting order."""
    references = [balance_reference(sale.charge_id), fees_reference(sale.charge_id)]
    found = {entry.reference: entry for entry in Entry.objects.filter(reference__in=references)}
    return [found[reference] for reference in references if reference in found]


def _balance(sale: Sale, origin: Origin) -> list[Entry]:
    release_at = origin.at + timedelta(days=settings.PAYOUT_DELAY_DAYS)
    drafts = [
        draft
        for draft in (
            balance_draft(sale, at=origin.at, available_at=release_at),
            _fee_draft(sale, origin, available_at=release_at),
        )
        if draft is not None
    ]
    if not drafts:
        return []
    entries = [entry for entry, _ in post_entries(drafts=drafts)]
    _record_sale(sale, entries[0], release_at, origin)
    return entries


def _result(sale: Sale, entries: Sequence[Entry]) -> SaleResult:
    return SaleResult(
        entry_ids=tuple(entry.pk for entry in entries),
        platform_fee_amount=sum(entry.details.get("total", 0) for entry in entries),
        platform_fee_currency=sale.settlement_currency,
    )


def _fee_draft(sale: Sale, origin: Origin, *, available_at: datetime) -> Draft | None:
    """The platform's fees as one entry; None where nothing is to be moved."""
    credits = _credits_for(sale, origin)
    terms = fee_terms(sale.organization_id)
    fees = payment_fees(
        terms.rates,
        amount=sale.net_amount,
        tax_amount=sale.settlement_tax_amount,
        is_subscription=sale.is_subscription,
        instrument=Instrument(sale.method, sale.card_country),
        passes_processor_fees=terms.has_processor_fees,
        used_3ds=sale.used_3ds,
        credits=[Credit(credit.amount, credit.used_amount) for credit in credits],
    )
    transfers = _fee_moves(sale, fees, available_at)
    if not transfers:
        return None
    used = _use_up(credits, fees.credits)
    return Draft(
        reference=fees_reference(sale.charge_id),
        type="platform_fee",
        transfers=transfers,
        organization_id=sale.organization_id,
        at=origin.at,
        cause=Cause(order_id=sale.order_id, payment_id=sale.payment_id),
        details={
            "plan": terms.name,
            "total": fees.total,
            # With those that rounded to nothing, which move no money.
            "fees": [{"type": fee.type.value, "amount": fee.amount} for fee in fees.fees],
            "credits": [
                {"credit_id": str(credit_id), "amount": amount} for credit_id, amount in used
            ],
        },
    )


def _fee_moves(sale: Sale, fees: PaymentFees, available_at: datetime) -> tuple[Move, ...]:
    currency = sale.settlement_currency
    merchant = Place(AccountKind.MERCHANT_BALANCE, currency, sale.organization_id)
    sources = {FeeType.FEE_CREDIT: Place(AccountKind.FEE_CREDITS, currency)}
    revenue = Place(AccountKind.PLATFORM_REVENUE, currency)
    candidates = (
        move(
            f"platform_fee.{fee.type.value}",
            debit=merchant,
            credit=sources.get(fee.type, revenue),
            amount=fee.amount,
            # With the sale they were taken of, or held money would show as a debt.
            available_at=available_at,
        )
        for fee in fees.fees
    )
    return tuple(candidate for candidate in candidates if candidate is not None)


def _credits_for(sale: Sale, origin: Origin) -> list[FeeCredit]:
    """The merchant's active credits, locked so that two sales cannot spend the same cent."""
    if sale.settlement_currency != settings.SETTLEMENT_CURRENCY:
        return []
    return [
        credit
        for credit in lock_usable_fee_credits(sale.organization_id)
        if credit.expires_at is None or credit.expires_at > origin.at
    ]


def _use_up(credits: Sequence[FeeCredit], after: Sequence[Credit]) -> list[tuple[UUID, int]]:
    used = []
    for credit, left in zip(credits, after, strict=True):
        taken = left.used - credit.used_amount
        if taken:
            credit.used_amount = left.used
            credit.save(update_fields=["used_amount"])
            used.append((credit.pk, taken))
    return used


def _record_sale(sale: Sale, entry: Entry, available_at: datetime, origin: Origin) -> None:
    record(
        "balance.order",
        subject=entry,
        organization_id=sale.organization_id,
        origin=origin,
        payload={
            "order_id": str(sale.order_id),
            "payment_id": str(sale.payment_id),
            "amount": sale.net_amount,
            "tax_amount": sale.settlement_tax_amount,
            "currency": sale.settlement_currency,
            "available_at": available_at.isoformat(),
            "presentment_amount": sale.presentment_amount - sale.presentment_tax_amount,
            "presentment_tax_amount": sale.presentment_tax_amount,
            "presentment_currency": sale.presentment_currency,
        },
    )
