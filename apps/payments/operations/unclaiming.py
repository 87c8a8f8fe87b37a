"""Money that came in and pays nothing."""

from __future__ import annotations

from django.db import transaction

from apps.core.origin import Origin
from apps.events.operations import record
from apps.payments.models import Payment


@transaction.atomic
def leave_unclaimed(*, payment: Payment, why: str, origin: Origin, **named: str) -> None:
    """
    Keep in sight that a payment which succeeded pays nothing: no order has a use for it.

    `named` is what it was meant for, such as `checkout_id`. It will be booked as owed to its payer
    and shown to staff. Records `payment.outdated`, once; `payment` is the caller's.
    """
    if payment.unclaimed_at is not None:
        return
    payment.unclaimed_at, payment.unclaimed_reason = origin.at, why
    payment.modified_at = origin.at
    payment.save(update_fields=["unclaimed_at", "unclaimed_reason", "modified_at"])
    record(
        "payment.outdated",
        subject=payment,
        organization_id=payment.organization_id,
        origin=origin,
        payload={**named, "why": why},
    )
