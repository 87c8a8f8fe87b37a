"""What a purchase gives its customer beside the product: benefits, for good unless taken back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.benefits.operations import Alignment, Entitlement, align_grants
from apps.core.origin import Origin
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.orders.seating import container_of, is_in_force
from apps.seats.operations import align_seats


@transaction.atomic
def align_order_benefits(*, order_id: UUID, origin: Origin) -> Alignment | None:
    """
    Have the benefits of the product granted or taken back, as the order stands now.

    By the seat they are those of the people on its seats. None for an order of a subscription,
    which gives them itself. The second time nothing is asked for.
    """
    order = lock_order(order_id)
    if order.subscription_id is not None:
        return None
    asked = align_grants(
        entitlement=Entitlement(
            organization_id=order.organization_id,
            customer_id=order.customer_id,
            product_id=order.product_id,
            order_id=order.pk,
            is_entitled=gives_benefits(order),
        ),
        origin=origin,
    )
    if order.seats is None:
        return asked
    people = align_seats(container=container_of(order, origin.at), origin=origin)
    return Alignment(grant=[*asked.grant, *people.grant], revoke=[*asked.revoke, *people.revoke])


def gives_benefits(order: Order) -> bool:
    """
    Whether it was paid, and no refund or dispute has taken back what it gave.

    One by the seat gives nothing by itself; the people on its seats get it.
    """
    return order.seats is None and is_in_force(order)
