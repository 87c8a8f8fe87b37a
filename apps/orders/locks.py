"""The row locks of orders."""

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.orders.models import Order


def lock_order(order_id: UUID) -> Order:
    """The order, locked until the end of the transaction; waits for whoever holds it."""
    rows = Order.objects.select_related("organization", "customer", "product")
    found = rows.select_for_update(of=("self",)).filter(pk=order_id).first()
    if found is None:
        raise ResourceNotFound
    return found
