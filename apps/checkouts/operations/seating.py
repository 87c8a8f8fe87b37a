"""The first of the seats that a checkout sold."""

from __future__ import annotations

from apps.checkouts.models import Checkout
from apps.core.origin import Origin
from apps.orders.models import Order
from apps.seats.containers import Seating
from apps.seats.operations import seat_buyer


def seat_buyer_of(checkout: Checkout, order: Order, origin: Origin) -> None:
    """
    Have the buyer sit on one of the seats they bought, unless the merchant takes it from here.

    That is so with a page of the merchant's own for the time after; and who sits on a seat of the
    same product that they bought before needs no other one.
    """
    if checkout.seats is None or checkout.success_url:
        return
    if order.subscription_id is not None:
        seat_buyer(seated=Seating(subscription_id=order.subscription_id), origin=origin)
        return
    bought = Order.objects.filter(
        customer_id=order.customer_id,
        product=order.product,
        subscription_id=None,
        seats__isnull=False,
    )
    seat_buyer(
        seated=Seating(order_id=order.pk),
        unless_in_orders=list(bought.values_list("pk", flat=True)),
        origin=origin,
    )
