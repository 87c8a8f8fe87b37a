"""Refunds."""

from __future__ import annotations

from typing import Any

from apps.orders.models import Order
from tests.journeys.declared_errors.scene import OF_LIST, Call, Rows, Scene


def of_refunded_order(call: Call, scene: Scene) -> Any:
    """One more refund of an order that has given everything back."""
    order = scene.stock().order
    Order.objects.filter(pk=order.pk).update(status="refunded", refunded_amount=1000)
    return call(order_id=str(order.pk), reason="other", amount=1)


ROWS: Rows = {
    "refunds.list": OF_LIST,
    "refunds.create": {
        "RefundedAlready": of_refunded_order,
        "HTTPValidationError": lambda call, scene: call(
            order_id=str(scene.stock().order.pk), reason="other", amount=0
        ),
    },
}
