"""Telling the rest of the system what became of a refund."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.core.origin import Origin
from apps.events.operations import record
from apps.payments.models import Refund


def announce_refund(
    refund: Refund,
    event_type: str,
    *,
    origin: Origin,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    **more: Any,
) -> None:
    """Record `event_type` with what every listener wants to know; `more` is JSON-ready."""
    order = refund.order
    record(
        event_type,
        subject=refund,
        organization_id=refund.organization_id,
        origin=origin,
        changes=changes,
        payload={
            "status": refund.status,
            "reason": refund.reason,
            "amount": refund.amount,
            "tax_amount": refund.tax_amount,
            "currency": refund.currency,
            "order_id": str(refund.order_id) if refund.order_id else None,
            "payment_id": str(refund.payment_id),
            "customer_id": str(refund.customer_id) if refund.customer_id else None,
            "subscription_id": str(order.subscription_id)
            if order and order.subscription_id
            else None,
            "dispute_id": str(refund.dispute_id) if refund.dispute_id else None,
            "revoke_benefits": refund.revoke_benefits,
            "failure_reason": refund.failure_reason or None,
            **more,
        },
    )
