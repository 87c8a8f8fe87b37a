"""Disputes as the API shows them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, TypedDict
from uuid import UUID

from apps.api.shapes import OneOf, name_shape
from apps.customers.api.presenters import AnyCustomer, present_customer
from apps.disputes.models import Dispute


class DisputePart(TypedDict):
    """A payment that its payer contests, as a refund shows it; `amount` is net of tax."""

    created_at: datetime
    modified_at: datetime | None
    id: UUID
    status: Annotated[str, OneOf(Dispute.Status.values)]
    resolved: bool
    closed: bool
    amount: int
    tax_amount: int
    currency: str
    reason: str | None
    evidence_due_by: datetime | None
    past_due: bool
    order_id: UUID
    payment_id: UUID


class DisputeBody(DisputePart):
    """A payment that its payer contests."""

    customer: AnyCustomer
    case_id: UUID | None


name_shape("DisputePart", DisputePart)


def present_dispute(dispute: Dispute) -> DisputeBody:
    """One dispute of an order; `customer` should be loaded already."""
    if dispute.customer is None:
        raise ValueError("Only disputes of customers are shown.")
    return {
        **present_part(dispute),
        "customer": present_customer(dispute.customer),
        # Disputes are handled in the backoffice; there is no thread with the merchant.
        "case_id": None,
    }


def present_disputes_of_refunds(ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """The disputes with these ids, as refunds show them; one query."""
    rows = Dispute.objects.filter(pk__in=ids, order__isnull=False)
    return {row.pk: dict(present_part(row)) for row in rows}


def present_part(dispute: Dispute) -> DisputePart:
    """What a dispute of an order tells by itself."""
    if dispute.order_id is None:
        raise ValueError("Only disputes of orders are shown.")
    return {
        "created_at": dispute.created_at,
        "modified_at": dispute.modified_at,
        "id": dispute.pk,
        "status": dispute.status,
        "resolved": dispute.status in (Dispute.Status.WON, Dispute.Status.LOST),
        "closed": dispute.is_closed,
        "amount": dispute.amount,
        "tax_amount": dispute.tax_amount,
        "currency": dispute.currency,
        "reason": dispute.reason,
        "evidence_due_by": dispute.evidence_due_at,
        "past_due": dispute.is_past_due,
        "order_id": dispute.order_id,
        "payment_id": dispute.payment_id,
    }
