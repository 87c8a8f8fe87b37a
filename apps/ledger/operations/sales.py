"""Posting what a charge brought in, and what the platform keeps of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.origin import Origin
from apps.events.operations import record
from apps.ledger.books import Cause, Draft, Move, Place, move
from apps.ledger.fees import Credit, FeeType, Instrument, PaymentFees, payment_fees
from apps.ledger.kinds import AccountKind
from apps.ledger.locks import lock_usable_fee_credits
from apps.ledger.models import Entry, FeeCredit
from apps.ledger.operations.posting import post_entries
from apps.ledger.sales import Sale, SaleResult, fees_reference, sale_drafts
from apps.ledger.selectors.fees import fee_terms


@transaction.atomic
def post_sale(*, sale: Sale, origin: Origin) -> SaleResult:
    """
    Book a settled charge: payment, processor fee, the merchant's balance, platform fees.

    The merchant's money can be paid out `PAYOUT_DELAY_DAYS` after `origin.at`. Fee credits are
    used up oldest first. Once per charge: the same sale again, also at the same moment, changes
    nothing and returns the same result, even if the merchant's fee terms have changed since.

    :raises EntryConflict: if the charge was posted with other facts.
    """
    release_at = origin.at + timedelta(days=settings.PAYOUT_DELAY_DAYS)
    posted = post_entries(drafts=sale_drafts(sale, at=origin.at, merchant_available_at=release_at))
    entries = [entry for entry, _ in posted]
    if posted[0][1]:
        fee_entry = _post_fees(sale, origin)
        _record_sale(sale, entries, origin)
    else:
        fee_entry = Entry.objects.filter(reference=fees_reference(sale.charge_id)).first()
    if fee_entry is not None:
        entries.append(fee_entry)
    return SaleResult(
        entry_ids=tuple(entry.pk for entry in entries),
        platform_fee_amount=fee_entry.details["total"] if fee_entry else 0,
        platform_fee_currency=sale.settlement_currency,
    )


def _post_fees(sale: Sale, origin: Origin) -> Entry | None:
    """Take the platform's fees in one entry; None where nothing is to be moved."""
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
    transfers = _fee_moves(sale, fees)
    if not transfers:
        return None
    used = _use_up(credits, fees.credits)
    draft = Draft(
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
    return post_entries(drafts=[draft])[0][0]


def _fee_moves(sale: Sale, fees: PaymentFees) -> tuple[Move, ...]:
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


def _record_sale(sale: Sale, entries: Sequence[Entry], origin: Origin) -> None:
    record(
        "balance.order",
        subject=entries[-1],
        organization_id=sale.organization_id,
        origin=origin,
        payload={
            "order_id": str(sale.order_id),
            "payment_id": str(sale.payment_id),
            "amount": sale.net_amount,
            "tax_amount": sale.settlement_tax_amount,
            "currency": sale.settlement_currency,
            "presentment_amount": sale.presentment_amount - sale.presentment_tax_amount,
            "presentment_tax_amount": sale.presentment_tax_amount,
            "presentment_currency": sale.presentment_currency,
        },
    )
