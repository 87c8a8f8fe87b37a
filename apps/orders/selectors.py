"""Reads of orders across tables."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet

from apps.orders.models import Order, OrderItem


def presentable_orders() -> QuerySet[Order]:
    """
    Orders with everything an answer shows, in a fixed number of queries.

    Without those of subscriptions that are kept back until they are paid: no number, no order.
    """
    items = OrderItem.objects.order_by("position", "id")
    shown = Order.objects.exclude(subscription_id__isnull=False, invoice_number=None)
    return shown.select_related("customer", "product").prefetch_related(
        # A plain list: a related manager would make a queryset for each order.
        Prefetch("items", queryset=items, to_attr="listed_items")
    )


def listed_items(order: Order) -> Sequence[OrderItem]:
    """The lines of an order: those read with it, else by a query."""
    known = getattr(order, "listed_items", None)
    return known if known is not None else list(order.items.order_by("position", "id"))
