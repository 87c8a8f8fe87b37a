"""Orders that come out of a purchase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.catalog.models import Price, Product
from apps.core.origin import Origin
from apps.core.rows import save_fields
from apps.customers.models import Customer
from apps.discounts.models import Discount
from apps.events.operations import record
from apps.orders.locks import lock_order
from apps.orders.models import Order, OrderItem
from apps.orders.operations.announcing import announce_order
from apps.orders.operations.numbering import next_invoice_number
from apps.orders.operations.recurring import Line
from apps.orders.totals import shared_tax
from apps.organizations.models import Organization
from apps.tax.behavior import split


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """
    What was bought and agreed at the till; amounts in minor units of `currency`.

    `lines` are what was bought, before the discount, each with its price; without them it is one
    of `label` and `price`. With `subscription_id` it is the first order of that subscription,
    which bills the `period`.
    """

    organization: Organization
    customer: Customer
    product: Product
    price: Price | None
    checkout_id: UUID
    label: str
    currency: str
    subtotal_amount: int
    discount_amount: int
    net_amount: int
    tax_amount: int
    tax_behavior: str | None
    tax_breakdown: list[Any] = field(default_factory=list)
    lines: Sequence[Line] = ()
    billing_reason: str = Order.BillingReason.PURCHASE
    subscription_id: UUID | None = None
    period: tuple[datetime, datetime] | None = None
    discount: Discount | None = None
    seats: int | None = None
    units: int | None = None
    billing_name: str | None = None
    billing_address: dict[str, Any] | None = None
    tax_id: list[str] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    custom_field_data: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def create_purchase_order(*, purchase: Purchase, origin: Origin) -> Order:
    """
    The paid order of a purchase, with its items and its invoice number.

    Asked again for the same checkout it returns the order that is there. Records
    `order.created`, then `order.paid`, once each.
    """
    existing = Order.objects.filter(checkout_id=purchase.checkout_id).first()
    if existing is not None:
        return existing
    start_at, end_at = purchase.period or (None, None)
    order = Order.objects.create(
        created_at=origin.at,
        organization=purchase.organization,
        customer=purchase.customer,
        product=purchase.product,
        checkout_id=purchase.checkout_id,
        status=Order.Status.PAID,
        paid_at=origin.at,
        billing_reason=purchase.billing_reason,
        subscription_id=purchase.subscription_id,
        period_start_at=start_at,
        period_end_at=end_at,
        discount=purchase.discount,
        seats=purchase.seats,
        units=purchase.units,
        currency=purchase.currency,
        subtotal_amount=purchase.subtotal_amount,
        discount_amount=purchase.discount_amount,
        net_amount=purchase.net_amount,
        tax_amount=purchase.tax_amount,
        tax_behavior=purchase.tax_behavior,
        tax_breakdown=purchase.tax_breakdown,
        billing_name=purchase.billing_name,
        billing_address=purchase.billing_address,
        tax_id=purchase.tax_id,
        metadata=purchase.metadata,
        custom_field_data=purchase.custom_field_data,
        invoice_number=next_invoice_number(
            organization=purchase.organization, customer=purchase.customer
        ),
    )
    _write_items(order, purchase, origin)
    facts: dict[str, Any] = {}
    if purchase.subscription_id is not None:
        facts = {
            "subscription_id": str(purchase.subscription_id),
            "billing_reason": purchase.billing_reason,
            "due_amount": 0,
        }
    announce_order(order, "order.created", origin=origin, **facts)
    announce_order(order, "order.paid", origin=origin, **facts)
    return order


def _write_items(order: Order, purchase: Purchase, origin: Origin) -> None:
    """The discount goes on the lines by their amounts, the tax by what is left of them."""
    lines = purchase.lines or [
        Line(label=purchase.label, amount=purchase.subtotal_amount, price=purchase.price)
    ]
    discounts = shared_tax([line.amount for line in lines], purchase.discount_amount)
    amounts = [line.amount - off for line, off in zip(lines, discounts, strict=True)]
    taxes = shared_tax(amounts, purchase.tax_amount)
    OrderItem.objects.bulk_create(
        OrderItem(
            created_at=origin.at,
            order=order,
            position=position,
            label=line.label,
            amount=line.amount,
            net_amount=split(amount, tax, purchase.tax_behavior).net_amount,
            tax_amount=tax,
            price=line.price,
            period_start_at=line.start_at,
            period_end_at=line.end_at,
        )
        for position, (line, amount, tax) in enumerate(zip(lines, amounts, taxes, strict=True))
    )


@transaction.atomic(savepoint=False)
def set_platform_fee(*, order_id: UUID, amount: int, currency: str, origin: Origin) -> Order:
    """
    Keep on the order what the platform took from it, in minor units of `currency`.

    The same amount again changes nothing.
    """
    order = lock_order(order_id)
    before = (order.platform_fee_amount, order.platform_fee_currency)
    if before == (amount, currency):
        return order
    order.platform_fee_amount, order.platform_fee_currency = amount, currency
    order.modified_at = origin.at
    save_fields(order, "platform_fee_amount", "platform_fee_currency", "modified_at")
    record(
        "order.updated",
        subject=order,
        organization_id=order.organization_id,
        origin=origin,
        changes={
            "platform_fee_amount": (before[0], amount),
            "platform_fee_currency": (before[1], currency),
        },
    )
    return order
