"""One charge of an order at a time: a lock that outlives the process that took it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.core.rows import save_fields
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.models import Order

STALE_AFTER: Final = timedelta(hours=1)


@transaction.atomic(savepoint=False)
def acquire_payment_lock(*, order_id: UUID, origin: Origin) -> None:
    """
    Claim the right to charge the order; kept until the outcome of the charge is known.

    :raises PaymentAlreadyInProgress: if somebody has it already.
    """
    free = Order.objects.filter(pk=order_id, payment_lock_acquired_at=None)
    if not free.update(payment_lock_acquired_at=origin.at):
        raise PaymentAlreadyInProgress


def hold_locked_order(*, order: Order, origin: Origin) -> None:
    """
    As `acquire_payment_lock`, for an order that the caller has locked and read just now.

    :raises PaymentAlreadyInProgress: if somebody has it already.
    """
    if order.payment_lock_acquired_at is not None:
        raise PaymentAlreadyInProgress
    order.payment_lock_acquired_at = origin.at
    save_fields(order, "payment_lock_acquired_at")


@transaction.atomic(savepoint=False)
def release_payment_lock(*, order_id: UUID, origin: Origin) -> None:
    """Give the right back; harmless when nobody has it."""
    held = Order.objects.filter(pk=order_id, payment_lock_acquired_at__lte=origin.at)
    held.update(payment_lock_acquired_at=None)


@transaction.atomic
def release_stale_payment_locks(*, origin: Origin) -> int:
    """Free the orders whose charge has given no sign for an hour; how many they were."""
    stale = Order.objects.filter(payment_lock_acquired_at__lte=origin.at - STALE_AFTER)
    return stale.update(payment_lock_acquired_at=None)
