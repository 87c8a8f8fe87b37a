"""Posting what moved the processor balance without a sale, refund, dispute or payout behind it."""

from __future__ import annotations

from django.db import transaction

from apps.core.origin import Origin
from apps.ledger.books import Cause, Draft
from apps.ledger.models import Entry
from apps.ledger.operations.posting import post_entries
from apps.ledger.processor import (
    account_fee_draft,
    bank_movement_draft,
    correction_draft,
)
from apps.ledger.processor_fees import ProcessorFeeType


@transaction.atomic
def post_account_fee(
    *,
    transaction_id: str,
    fee_type: ProcessorFeeType,
    amount: int,
    currency: str,
    description: str,
    origin: Origin,
) -> Entry:
    """
    Book a fee that the processor billed apart, at the platform's expense.

    Below zero it gave some back. The second time changes nothing.
    """
    draft = account_fee_draft(
        transaction_id, fee_type, amount, currency, description=description, at=origin.at
    )
    return _post(draft)


@transaction.atomic
def post_bank_movement(*, transaction_id: str, amount: int, currency: str, origin: Origin) -> Entry:
    """
    Book money between the processor balance and the platform's own bank.

    Below zero it went to the bank. The second time changes nothing.
    """
    return _post(bank_movement_draft(transaction_id, amount, currency, at=origin.at))


@transaction.atomic
def post_correction(
    *,
    reference: str,
    amount: int,
    currency: str,
    corrects: Entry | None = None,
    origin: Origin,
) -> Entry:
    """
    Book `amount` more in the processor balance (less, below zero), as the platform's gain or loss.

    `reference` names what is corrected, and to what: the second time changes nothing.
    """
    cause = Cause(corrects_id=corrects.pk if corrects else None)
    return _post(correction_draft(reference, amount, currency, cause=cause, at=origin.at))


def _post(draft: Draft) -> Entry:
    return post_entries(drafts=[draft])[0][0]
