"""What merchants are told of orders."""

from __future__ import annotations

from typing import Any

from apps.events.models import Event
from apps.orders.api.presenters import present_order
from apps.orders.selectors import presentable_orders
from apps.webhooks.registry import tell, tell_each


def register() -> None:
    """Called once, when Django is ready."""
    tell("order.created", names=("order.created",), present=_order)
    tell("order.paid", names=("order.updated", "order.paid"), present=_order)
    tell("order.refunded", names=("order.updated", "order.refunded"), present=_order)
    changed = ("order.updated", "order.voided", "order.unvoided", "order.invoice_generated")
    tell_each(changed, names=("order.updated",), present=_order)


def _order(event: Event, version: str) -> Any:
    order = presentable_orders().select_related("organization").filter(pk=event.subject_id).first()
    return order and present_order(order, order.organization)
