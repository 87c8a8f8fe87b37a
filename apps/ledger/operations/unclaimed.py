"""Posting what came in and pays nothing."""

from __future__ import annotations

from django.db import transaction

from apps.core.origin import Origin
from apps.ledger.models import Entry
from apps.ledger.operations.posting import post_entries
from apps.ledger.unclaimed import UnclaimedPayment, unclaimed_drafts


@transaction.atomic
def post_unclaimed_payment(*, payment: UnclaimedPayment, origin: Origin) -> Entry:
    """
    Book a settled charge that no order has a use for; the entry of its money.

    The platform owes it to the payer and bears the processor's fee; the merchant gets nothing and
    pays no fees. The same again changes nothing and returns the same entry.

    :raises EntryConflict: if the charge was posted with other facts.
    """
    booked = post_entries(drafts=unclaimed_drafts(payment, at=origin.at))
    return booked[0][0]
