"""Payments as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from apps.payments.models import Payment


class PaymentBody(TypedDict):
    """A payment; `method_metadata` has brand and last4 for cards."""

    created_at: datetime
    modified_at: datetime | None
    id: UUID
    processor: str
    status: str
    amount: int
    currency: str
    method: str
    method_metadata: dict[str, Any]
    trigger: str | None
    decline_reason: str | None
    decline_message: str | None
    organization_id: UUID
    checkout_id: UUID | None
    order_id: UUID | None
    processor_metadata: dict[str, Any]


def present_payment(payment: Payment) -> PaymentBody:
    """One payment."""
    facts = payment.method_metadata
    if payment.method == "card":
        facts = {"brand": facts.get("brand") or "unknown", "last4": facts.get("last4") or "0000"}
    elif payment.method == "kr_card":
        facts = {"brand": facts.get("brand"), "last4": facts.get("last4")}
    return {
        "created_at": payment.created_at,
        "modified_at": payment.modified_at,
        "id": payment.pk,
        "processor": payment.processor,
        "status": payment.status,
        "amount": payment.amount,
        "currency": payment.currency,
        "method": payment.method,
        "method_metadata": facts,
        "trigger": payment.trigger,
        "decline_reason": payment.decline_reason,
        "decline_message": payment.decline_message,
        "organization_id": payment.organization_id,
        "checkout_id": payment.checkout_id,
        "order_id": payment.order_id,
        "processor_metadata": payment.processor_metadata,
    }
