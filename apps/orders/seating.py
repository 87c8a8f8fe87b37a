"""What seats are told of the one-time order that they are of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from apps.benefits.selectors import is_withdrawn
from apps.core.errors import ResourceNotFound
from apps.orders.models import Order
from apps.seats.containers import Container


def find_container(order_id: UUID, at: datetime) -> Container:
    """
    A one-time order by the seat, as it stands.

    :raises ResourceNotFound: if there is none, it is a subscription's, or not priced by the seat.
    """
    rows = Order.objects.select_related("organization", "customer", "product")
    found = rows.filter(pk=order_id).first()
    if found is None:
        raise ResourceNotFound
    return container_of(found, at)


def container_of(order: Order, at: datetime) -> Container:
    """
    The same for a row that was read.

    Its seats last: when a refund or a dispute takes back what they give, people stay on them, for
    that may be lifted again.

    :raises ResourceNotFound: if it is a subscription's, or not priced by the seat.
    """
    if order.seats is None or order.subscription_id is not None:
        raise ResourceNotFound
    return Container(
        organization=order.organization,
        customer=order.customer,
        product=order.product,
        seat_count=order.seats,
        gives=is_in_force(order),
        keeps=order.is_paid and order.customer.deleted_at is None,
        order_id=order.pk,
    )


def is_in_force(order: Order) -> bool:
    """Whether it was paid, and neither a refund nor a dispute has taken back what it gave."""
    is_living = order.customer.deleted_at is None
    return order.is_paid and is_living and not is_withdrawn(order.pk)
