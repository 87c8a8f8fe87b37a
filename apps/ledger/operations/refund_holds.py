"""Keeping the merchant's part of a refund back until it has ended."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.ledger.books import Cause, Draft
from apps.ledger.models import Entry
from apps.ledger.operations.posting import post_entries
from apps.ledger.refund_holds import (
    refund_hold_draft,
    refund_hold_reference,
    refund_release_draft,
)
from apps.ledger.selectors.refunding import booked_payment, moves_of


@transaction.atomic
def post_refund_hold(
    *, refund_id: UUID, charge_id: str, amount: int, origin: Origin
) -> Entry | None:
    """
    Keep the merchant's part of a refund that is under way, of `amount` net; once.

    None where there is nothing of the merchant's: the payment is not in the books, or is owed to
    its payer anyway. The caller holds the order of the payment, or the payment that has none.
    """
    known = Entry.objects.filter(reference=refund_hold_reference(refund_id)).first()
    if known is not None:
        return known
    booked = booked_payment(charge_id)
    draft = refund_hold_draft(refund_id, amount, booked, at=origin.at) if booked else None
    return post_entries(drafts=[draft])[0][0] if draft else None


@transaction.atomic
def post_refund_release(*, refund_id: UUID, origin: Origin) -> Entry | None:
    """
    Give back what was kept for a refund that has ended; the second time changes nothing.

    None if nothing was kept.
    """
    hold = Entry.objects.filter(reference=refund_hold_reference(refund_id)).first()
    if hold is None:
        return None
    kept = Draft(
        reference=hold.reference,
        type=hold.type,
        transfers=tuple(moves_of(hold)),
        organization_id=hold.organization_id,
        at=hold.posted_at,
        cause=Cause(order_id=hold.order_id, payment_id=hold.payment_id),
        details=hold.details,
    )
    released = refund_release_draft(kept, corrects_id=hold.pk, at=origin.at)
    return post_entries(drafts=[released])[0][0]
