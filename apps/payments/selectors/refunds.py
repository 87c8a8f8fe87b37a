"""Reads of refunds across tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from apps.core.timers import Due
from apps.orders.refunds import Parts
from apps.payments.models import Payment, Refund
from apps.payments.selectors.clocks import organization_time

# How long staff have to find an order for money that has none.
RETURN_AFTER: Final = timedelta(days=1)


def presentable_refunds() -> QuerySet[Refund]:
    """
    Refunds as merchants see them: those of orders that the processor has accepted.

    What it refused was answered with an error; what it has not answered is no refund yet.
    """
    rows = Refund.objects.filter(order__isnull=False, processor_id__isnull=False)
    return rows.select_related("order")


def promised_parts(order_id: UUID) -> Parts:
    """What an order will give back, or gave as credit instead, beyond what its counters say."""
    rows = Refund.objects.filter(order_id=order_id).filter(
        Q(status=Refund.Status.PENDING) | Q(resolution=Refund.Resolution.CREDITED)
    )
    sums = rows.aggregate(net=Sum("amount"), tax=Sum("tax_amount"))
    return Parts(sums["net"] or 0, sums["tax"] or 0)


def refundable_payment(order_id: UUID) -> Payment | None:
    """The payment that paid an order; None if nothing was charged for it."""
    rows = Payment.objects.select_related("organization", "customer").filter(
        order_id=order_id, status=Payment.Status.SUCCEEDED, unclaimed_at=None
    )
    return rows.order_by("created_at", "pk").last()


def has_unanswered_refund(payment_id: UUID) -> bool:
    """Whether the outcome of a refund of the payment is not known."""
    rows = Refund.objects.filter(payment_id=payment_id, processor_id=None)
    return rows.filter(status=Refund.Status.PENDING).exists()


def returned_amount(payment_id: UUID) -> int:
    """What went back of a payment or is on its way, gross."""
    rows = Refund.objects.filter(
        payment_id=payment_id, status__in=(Refund.Status.PENDING, Refund.Status.SUCCEEDED)
    )
    found = rows.aggregate(gross=Sum(F("amount") + F("tax_amount")))["gross"]
    return int(found or 0)


def due_refund_ids(*, at: datetime, limit: int) -> list[UUID]:
    """Pending refunds that are due to be looked after; `at` is the machine's time."""
    rows = Refund.objects.filter(
        status=Refund.Status.PENDING, next_check_at__lte=organization_time(at)
    )
    return list(rows.order_by("next_check_at").values_list("pk", flat=True)[:limit])


def refunds_due_by(organization_id: UUID, until: datetime) -> list[Due]:
    """The same for one organization, by its own clock, for the time machine."""
    rows = Refund.objects.filter(
        organization_id=organization_id, status=Refund.Status.PENDING, next_check_at__lte=until
    )
    found = rows.order_by("next_check_at").values_list("next_check_at", "pk", "customer_id")
    return [Due(at, pk, customer or pk) for at, pk, customer in found[:1000] if at is not None]


def due_return_ids(*, at: datetime, limit: int) -> list[UUID]:
    """Payments without an order that are to be returned by now; `at` is the machine's time."""
    rows = _returnable().filter(unclaimed_at__lte=organization_time(at - RETURN_AFTER))
    return list(rows.order_by("unclaimed_at").values_list("pk", flat=True)[:limit])


def returns_due(organization_id: UUID, until: datetime) -> list[Due]:
    """The same for one organization, by its own clock, for the time machine."""
    rows = _returnable().filter(
        organization_id=organization_id, unclaimed_at__lte=until - RETURN_AFTER
    )
    listed = rows.order_by("unclaimed_at").values_list("unclaimed_at", "pk", "customer_id")
    return [
        Due(since + RETURN_AFTER, pk, customer_id or pk)
        for since, pk, customer_id in listed[:1000]
        if since is not None
    ]


def _returnable() -> QuerySet[Payment]:
    """Booked money without an order of which nothing was tried to be returned."""
    return Payment.objects.filter(
        status=Payment.Status.SUCCEEDED,
        unclaimed_at__isnull=False,
        booked_at__isnull=False,
        contested_at=None,
        refunds=None,
    )
