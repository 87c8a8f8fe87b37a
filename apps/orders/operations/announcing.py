"""Telling the rest of the system what became of an order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.core.origin import Origin
from apps.events.operations import record
from apps.orders.models import Order


def announce_order(
    order: Order,
    event_type: str,
    *,
    origin: Origin,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    **more: Any,
) -> None:
    """Record `event_type` with what every listener wants to know; `more` is JSON-ready."""
    record(
        event_type,
        subject=order,
        organization_id=order.organization_id,
        origin=origin,
        changes=changes,
        payload={
            "invoice_number": order.invoice_number,
            "total_amount": order.total_amount,
            "currency": order.currency,
            "customer_id": str(order.customer_id),
            "checkout_id": str(order.checkout_id) if order.checkout_id else None,
            **more,
        },
    )
