"""Payments that banks contest: while they do, nothing else gives the money back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.payments.locks import lock_payment_row
from apps.payments.models import Payment


@transaction.atomic
def contest_payment(*, payment_id: UUID, origin: Origin) -> Payment:
    """
    Let nothing of a payment go back by refunds until its dispute has ended; twice is harmless.

    The caller holds its order, where it has one, as whoever refunds it does.
    """
    payment = lock_payment_row(payment_id)
    if payment.contested_at is None:
        payment.contested_at = payment.modified_at = origin.at
        payment.save(update_fields=["contested_at", "modified_at"])
    return payment


@transaction.atomic
def settle_contest(*, payment_id: UUID, origin: Origin) -> Payment:
    """Let what is left of a payment be refunded again; twice is harmless."""
    payment = lock_payment_row(payment_id)
    if payment.contested_at is not None:
        payment.contested_at, payment.modified_at = None, origin.at
        payment.save(update_fields=["contested_at", "modified_at"])
    return payment
