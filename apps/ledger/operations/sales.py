"""Posting what a charge brought in."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from apps.core.origin import Origin
from apps.ledger.operations.posting import post_entries
from apps.ledger.sales import Sale, SaleResult, sale_drafts


@transaction.atomic
def post_sale(*, sale: Sale, origin: Origin) -> SaleResult:
    """
    Book a settled charge: payment, processor fee and the merchant's balance.

    Once per charge: the same sale again, also at the same moment, changes nothing and returns
    the same result.

    :raises EntryConflict: if the charge was posted with other facts.
    """
    drafts = sale_drafts(
        sale,
        at=origin.at,
        merchant_available_at=origin.at + timedelta(days=settings.PAYOUT_DELAY_DAYS),
    )
    posted = post_entries(drafts=drafts)
    return SaleResult(
        entry_ids=tuple(entry.pk for entry, _ in posted),
        platform_fee_amount=0,
        platform_fee_currency=sale.settlement_currency,
    )
