"""Reads of orders across tables."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from apps.orders.models import Order, OrderItem


def presentable_orders() -> QuerySet[Order]:
    """Orders with everything an answer shows, in a fixed number of queries."""
    items = OrderItem.objects.order_by("position", "id")
    return Order.objects.select_related("customer", "product").prefetch_related(
        Prefetch("items", queryset=items)
    )
