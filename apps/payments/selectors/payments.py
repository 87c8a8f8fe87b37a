"""Reads of payments across tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from apps.core.prepared import Prepared
from apps.core.timers import Due
from apps.orders.models import Order
from apps.payments.models import Payment
from apps.payments.selectors.clocks import organization_time

# The processor tells a settlement within seconds; what is older was not told.
SETTLEMENT_PATIENCE: Final = timedelta(minutes=15)
# What could not be booked for so long needs people, not another question.
SETTLEMENT_SEARCH: Final = timedelta(days=7)

_by_charge = Prepared(lambda value: Payment.objects.filter(processor_id=value))


def has_succeeded_payment(order: Order) -> bool:
    """Whether money of the order has come through the processor."""
    rows = Payment.objects.filter(order=order, status=Payment.Status.SUCCEEDED)
    return rows.exists()


def is_settled(charge_id: str, status: str) -> bool:
    """Whether a charge of this status has nothing more to tell: failed, or in the ledger."""
    payment = _by_charge.first(charge_id)
    if payment is None or payment.status != status:
        return False
    is_booked = status == Payment.Status.SUCCEEDED and payment.booked_at is not None
    return is_booked or status == Payment.Status.FAILED


def unbooked_payment_ids(*, at: datetime, limit: int) -> list[UUID]:
    """
    Payments that should be in the ledger by now; `at` is the machine's time.

    Where a test clock runs, days go by too fast to stop asking for what is old.
    """
    is_searched = Q(created_at__gte=at - SETTLEMENT_SEARCH) | Q(
        organization__clock_offset__gt=timedelta()
    )
    rows = Payment.objects.filter(
        is_searched,
        status=Payment.Status.SUCCEEDED,
        booked_at=None,
        created_at__lte=organization_time(at - SETTLEMENT_PATIENCE),
    )
    return list(rows.order_by("created_at").values_list("pk", flat=True)[:limit])


def unbooked_by(organization_id: UUID, until: datetime) -> list[Due]:
    """The same for one organization, by its own clock, for the time machine."""
    rows = Payment.objects.filter(
        organization_id=organization_id,
        status=Payment.Status.SUCCEEDED,
        booked_at=None,
        created_at__lte=until - SETTLEMENT_PATIENCE,
    )
    found = rows.order_by("created_at").values_list("created_at", "pk", "customer_id")
    return [Due(at + SETTLEMENT_PATIENCE, pk, customer or pk) for at, pk, customer in found[:1000]]
