"""Refunds as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypedDict
from uuid import UUID

from apps.api.shapes import OneOf, Shown
from apps.api.vocabulary import Metadata
from apps.payments.api.disputes import present_disputes
from apps.payments.models import Refund


class RefundBody(TypedDict):
    """A refund; `amount` is net of tax."""

    created_at: datetime
    modified_at: datetime | None
    id: UUID
    metadata: Metadata
    status: Annotated[str, OneOf(Refund.Status.values)]
    reason: Annotated[str, OneOf(Refund.Reason.values)]
    amount: int
    tax_amount: int
    currency: str
    organization_id: UUID
    order_id: UUID
    subscription_id: UUID | None
    customer_id: UUID
    revoke_benefits: bool
    dispute: Annotated[dict[str, Any], Shown("DisputePart")] | None


def present_refund(refund: Refund) -> RefundBody:
    """One refund of an order; `order` should be loaded already."""
    return present_refunds([refund])[0]


def present_refunds(refunds: Sequence[Refund]) -> list[RefundBody]:
    """Refunds of orders with the disputes that they prevented."""
    disputes = present_disputes({one.dispute_id for one in refunds if one.dispute_id})
    return [_present(one, disputes) for one in refunds]


def _present(refund: Refund, disputes: Mapping[UUID, dict[str, Any]]) -> RefundBody:
    order = refund.order
    if order is None:
        raise ValueError("Only refunds of orders are shown.")
    return {
        "created_at": refund.created_at,
        "modified_at": refund.modified_at,
        "id": refund.pk,
        "metadata": refund.metadata,
        "status": refund.status,
        "reason": refund.reason,
        "amount": refund.amount,
        "tax_amount": refund.tax_amount,
        "currency": refund.currency,
        "organization_id": refund.organization_id,
        "order_id": order.pk,
        "subscription_id": order.subscription_id,
        "customer_id": order.customer_id,
        "revoke_benefits": refund.revoke_benefits,
        "dispute": disputes.get(refund.dispute_id) if refund.dispute_id else None,
    }
