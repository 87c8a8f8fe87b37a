"""Telling the rest of the system what became of a dispute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.core.origin import Origin
from apps.disputes.models import Dispute
from apps.events.operations import record


def announce_dispute(
    dispute: Dispute,
    event_type: str,
    *,
    origin: Origin,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    **more: Any,
) -> None:
    """Record `event_type` with what every listener wants to know; `more` is JSON-ready."""
    order = dispute.order
    subscription_id = order.subscription_id if order else None
    record(
        event_type,
        subject=dispute,
        organization_id=dispute.organization_id,
        origin=origin,
        changes=changes,
        payload={
            "status": dispute.status,
            "amount": dispute.amount,
            "tax_amount": dispute.tax_amount,
            "currency": dispute.currency,
            "reason": dispute.reason,
            "order_id": str(dispute.order_id) if dispute.order_id else None,
            "payment_id": str(dispute.payment_id),
            "customer_id": str(dispute.customer_id) if dispute.customer_id else None,
            "subscription_id": str(subscription_id) if subscription_id else None,
            "product_id": str(order.product_id) if order and order.product_id else None,
            "processor_id": dispute.processor_id,
            "alert_id": dispute.alert_id,
            "access": "revoke" if ends_access(dispute) else None,
            "evidence_due_at": as_text(dispute.evidence_due_at),
            "is_inquiry": dispute.is_inquiry,
            "is_rapid_resolution": dispute.is_rapid_resolution,
            **more,
        },
    )


def ends_access(dispute: Dispute) -> bool:
    """
    Whether what was bought ends with it: its payer has the money, or is given it.

    Not with one that was won, and not with an inquiry that came to nothing, unless it was accepted.
    """
    if dispute.status == Dispute.Status.PREVENTED:
        return not dispute.is_inquiry or dispute.accepted_at is not None
    return dispute.status == Dispute.Status.LOST


def as_text(value: Any) -> Any:
    """A value of a field, JSON-ready."""
    return value.isoformat() if isinstance(value, datetime) else value
