"""Receipts of what was paid through the processor."""

from __future__ import annotations

from django.db import transaction

from apps.core.origin import Origin
from apps.orders.models import Order
from apps.orders.operations import allocate_receipt_number
from apps.payments.selectors import has_succeeded_payment


@transaction.atomic(savepoint=False)
def allocate_receipt(*, order: Order, origin: Origin) -> str | None:
    """
    The receipt number of an order, given to it on the first call.

    None, and nothing is given, as long as no payment of it has succeeded: what was free or paid
    from the customer's balance has no receipt. `order` must be locked by the caller.
    """
    if not has_succeeded_payment(order):
        return None
    return allocate_receipt_number(order=order, origin=origin)
