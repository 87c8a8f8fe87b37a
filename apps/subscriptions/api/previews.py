"""What would be charged, as the API shows it. Amounts in minor units; credits are below zero."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from apps.orders.models import Order
from apps.orders.operations.recurring import Line
from apps.subscriptions.operations.previewing import ChangePreview, ChargePreview, EndPreview


class PreviewItemBody(TypedDict):
    """A line of an order to be."""

    label: str
    amount: int
    proration: bool
    product_price_id: UUID | None
    start_timestamp: datetime | None
    end_timestamp: datetime | None


class ChargePreviewBody(TypedDict):
    """
    An order to be, made at `at`.

    `base_amount`, `metered_amount` and `proration_amount` are the parts of `subtotal_amount`. Of
    `due_amount`, `charged_amount` is what the payment method is charged; less than the processor
    charges is left to the order after.
    """

    at: datetime
    currency: str
    base_amount: int
    metered_amount: int
    proration_amount: int
    subtotal_amount: int
    discount_amount: int
    net_amount: int
    tax_amount: int
    total_amount: int
    applied_balance_amount: int
    due_amount: int
    charged_amount: int
    items: list[PreviewItemBody]


class ChangePreviewBody(TypedDict):
    """
    What a change would do: `amount` is that of one period from then on.

    `charge` is the order made at once, if there is one; `difference` prices the lines of the change
    alone; `next_charge` is the order after it.
    """

    applies_at: datetime
    amount: int
    current_period_start: datetime
    current_period_end: datetime
    difference: ChargePreviewBody
    charge: ChargePreviewBody | None
    next_charge: ChargePreviewBody


class VoidedOrderBody(TypedDict):
    """An order that would be owed no more."""

    id: UUID
    invoice_number: str | None
    currency: str
    due_amount: int


class EndPreviewBody(TypedDict):
    """What an end would leave: a last order if anything waits, and what is given up with it."""

    ends_at: datetime
    charge: ChargePreviewBody | None
    voided_orders: list[VoidedOrderBody]


def present_charge_preview(preview: ChargePreview) -> ChargePreviewBody:
    """An order to be."""
    return {
        "at": preview.at,
        "currency": preview.currency,
        "base_amount": preview.base_amount,
        "metered_amount": preview.metered_amount,
        "proration_amount": preview.proration_amount,
        "subtotal_amount": preview.subtotal_amount,
        "discount_amount": preview.discount_amount,
        "net_amount": preview.net_amount,
        "tax_amount": preview.tax_amount,
        "total_amount": preview.total_amount,
        "applied_balance_amount": preview.applied_balance_amount,
        "due_amount": preview.due_amount,
        "charged_amount": preview.charged_amount,
        "items": [_present_line(line) for line in preview.lines],
    }


def present_change_preview(preview: ChangePreview) -> ChangePreviewBody:
    """What a change would do."""
    return {
        "applies_at": preview.applies_at,
        "amount": preview.amount,
        "current_period_start": preview.period.start_at,
        "current_period_end": preview.period.end_at,
        "difference": present_charge_preview(preview.difference),
        "charge": present_charge_preview(preview.charge) if preview.charge else None,
        "next_charge": present_charge_preview(preview.next_charge),
    }


def present_end_preview(preview: EndPreview) -> EndPreviewBody:
    """What an end would leave."""
    return {
        "ends_at": preview.ends_at,
        "charge": present_charge_preview(preview.charge) if preview.charge else None,
        "voided_orders": [_present_voided(order) for order in preview.voided_orders],
    }


def _present_line(line: Line) -> PreviewItemBody:
    return {
        "label": line.label,
        "amount": line.amount,
        "proration": line.is_proration,
        "product_price_id": line.price.pk if line.price else None,
        "start_timestamp": line.start_at,
        "end_timestamp": line.end_at,
    }


def _present_voided(order: Order) -> VoidedOrderBody:
    return {
        "id": order.pk,
        "invoice_number": order.invoice_number,
        "currency": order.currency,
        "due_amount": order.due_amount,
    }
