"""Billing details and invoices of an order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.events.operations import record
from apps.orders.errors import MissingInvoiceBillingDetails, OrderNotEligibleForInvoice
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.tax.inputs import clean_parts


@transaction.atomic
def update_order(*, order_id: UUID, changes: Mapping[str, Any], origin: Origin) -> Order:
    """
    Change `billing_name` and `billing_address`, as far as given.

    Country and state decided the tax and stay as they are once there is an address.

    :raises ValidationFailed: for an address that cannot be, or that would move the sale.
    """
    order = lock_order(order_id)
    wanted: dict[str, Any] = {}
    if "billing_name" in changes:
        wanted["billing_name"] = (changes["billing_name"] or "").strip() or None
    if changes.get("billing_address") is not None:
        wanted["billing_address"] = _moved_address(order, changes["billing_address"])
    differences = {
        name: (getattr(order, name), value)
        for name, value in wanted.items()
        if getattr(order, name) != value
    }
    if not differences:
        return order
    for name, (_, value) in differences.items():
        setattr(order, name, value)
    order.modified_at = origin.at
    order.save(update_fields=[*differences, "modified_at"])
    record(
        "order.updated",
        subject=order,
        organization_id=order.organization_id,
        origin=origin,
        changes=differences,
    )
    return order


@transaction.atomic
def correct_billing_details(*, order_id: UUID, changes: Mapping[str, Any], origin: Origin) -> Order:
    """
    As `update_order`, for the customer: until the invoice shows the details.

    The same details again are no change.

    :raises ValidationFailed: once the invoice was made, and as `update_order`.
    """
    was_modified_at = lock_order(order_id).modified_at
    order = update_order(order_id=order_id, changes=changes, origin=origin)
    if order.invoice_generated_at is not None and order.modified_at != was_modified_at:
        raise ValidationFailed.at(
            "body",
            next(iter(changes)),
            msg="The invoice has been made, so its details cannot be changed.",
        )
    return order


@transaction.atomic
def generate_invoice(*, order_id: UUID, origin: Origin) -> Order:
    """
    Make the invoice of an order available; it shows the billing details as they stand.

    The second time changes nothing.

    :raises OrderNotEligibleForInvoice: for a draft or a voided order.
    :raises MissingInvoiceBillingDetails: without a name or an address to bill.
    """
    order = lock_order(order_id)
    if order.status in (Order.Status.DRAFT, Order.Status.VOID):
        raise OrderNotEligibleForInvoice
    if not (order.billing_name or order.customer.name) or not order.billing_address:
        raise MissingInvoiceBillingDetails
    if order.invoice_generated_at is not None:
        return order
    order.invoice_generated_at = order.modified_at = origin.at
    order.save(update_fields=["invoice_generated_at", "modified_at"])
    record(
        "order.invoice_generated",
        subject=order,
        organization_id=order.organization_id,
        origin=origin,
    )
    return order


def _moved_address(order: Order, given: Mapping[str, Any]) -> dict[str, Any]:
    loc = ("body", "billing_address")
    address = clean_parts(given, *loc)
    old = order.billing_address or {}
    for part in ("country", "state"):
        if old and old.get(part) != address[part]:
            raise ValidationFailed.at(
                *loc,
                part,
                msg=f"The {part} cannot be changed after the payment.",
                value=given.get(part),
            )
    return address
