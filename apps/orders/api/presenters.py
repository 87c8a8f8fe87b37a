"""Orders as the API shows them: plain dicts, the shape of every version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, TypedDict
from uuid import UUID

from apps.api.shapes import OneOf, Shown
from apps.api.vocabulary import Address, FieldAnswers, Interval, Metadata
from apps.catalog.api.bodies import Visibility
from apps.catalog.models import Product
from apps.customers.api.presenters import AnyCustomer, present_customer
from apps.discounts.api.presenters import AnyDiscountBase, present_discount_base
from apps.orders.companions import discounts_of, subscriptions_of
from apps.orders.models import Order, OrderItem
from apps.orders.selectors import listed_items
from apps.organizations.models import Organization

# What only we tell apart.
_REASONS: Final[dict[str, str]] = {
    Order.BillingReason.SUBSCRIPTION_CYCLE_AFTER_TRIAL: "subscription_cycle",
    Order.BillingReason.SUBSCRIPTION_CANCEL: "subscription_cycle",
}


BILLING_REASONS: Final = sorted(
    {_REASONS.get(reason, reason) for reason in Order.BillingReason.values}
)


class OrderProductBody(TypedDict):
    """The product of an order, without its prices."""

    metadata: Metadata
    id: UUID
    created_at: datetime
    modified_at: datetime | None
    trial_interval: Interval | None
    trial_interval_count: int | None
    name: str
    description: str | None
    visibility: Visibility
    recurring_interval: Interval | None
    recurring_interval_count: int | None
    meter_interval: Interval | None
    meter_interval_count: int | None
    is_recurring: bool
    is_archived: bool
    organization_id: UUID


class OrderItemBody(TypedDict):
    """A line of an order."""

    created_at: datetime
    modified_at: datetime | None
    id: UUID
    label: str
    amount: int
    tax_amount: int
    proration: bool
    product_price_id: UUID | None
    start_timestamp: datetime | None
    end_timestamp: datetime | None


class OrderBaseBody(TypedDict):
    """What merchants and customers alike see of an order."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    status: Annotated[str, OneOf(Order.Status.values)]
    paid: bool
    subtotal_amount: int
    discount_amount: int
    net_amount: int
    tax_amount: int
    total_amount: int
    applied_balance_amount: int
    due_amount: int
    refunded_amount: int
    refunded_tax_amount: int
    refundable_amount: int
    refundable_tax_amount: int
    currency: str
    billing_reason: Annotated[str, OneOf(BILLING_REASONS)]
    billing_name: str | None
    billing_address: Address | None
    invoice_number: str | None
    is_invoice_generated: bool
    receipt_number: str | None
    seats: int | None
    units: int | None
    customer_id: UUID
    product_id: UUID | None
    discount_id: UUID | None
    subscription_id: UUID | None
    checkout_id: UUID | None
    next_payment_attempt_at: datetime | None
    items: list[OrderItemBody]
    description: str


class OrderBody(OrderBaseBody):
    """An order with its customer, its product and what else is beside it."""

    metadata: Metadata
    custom_field_data: FieldAnswers
    platform_fee_amount: int
    platform_fee_currency: str | None
    customer: AnyCustomer
    product: Annotated[dict[str, Any], Shown(OrderProductBody)] | None
    discount: AnyDiscountBase | None
    subscription: Annotated[dict[str, Any], Shown("SubscriptionBase")] | None


def present_orders(orders: Sequence[Order], organization: Organization) -> list[OrderBody]:
    """
    Orders of one organization; `customer`, `product` and `items` should be loaded already.

    Their discounts and subscriptions are read for all of them together.
    """
    discounts = {
        key: present_discount_base(row) for key, row in discounts_of(orders, organization).items()
    }
    subscriptions = subscriptions_of(orders)
    return [
        _present(
            order,
            discounts[order.discount_id] if order.discount_id else None,
            subscriptions.get(order.subscription_id) if order.subscription_id else None,
        )
        for order in orders
    ]


def present_order(order: Order, organization: Organization) -> OrderBody:
    """One order; `customer`, `product` and `items` should be loaded already."""
    return present_orders([order], organization)[0]


def _present(
    order: Order, discount: AnyDiscountBase | None, subscription: dict[str, Any] | None
) -> OrderBody:
    return {
        **present_order_base(order),
        "metadata": order.metadata,
        "custom_field_data": order.custom_field_data,
        "platform_fee_amount": order.platform_fee_amount,
        "platform_fee_currency": order.platform_fee_currency,
        "customer": present_customer(order.customer),
        "product": present_order_product(order.product) if order.product else None,
        "discount": discount,
        "subscription": subscription,
    }


def present_order_base(order: Order) -> OrderBaseBody:
    """An order and its lines, which should be loaded already."""
    items = [present_item(item) for item in listed_items(order)]
    net, tax = order.net_amount, order.tax_amount
    return {
        "id": order.pk,
        "created_at": order.created_at,
        "modified_at": order.modified_at,
        "status": order.status,
        "paid": order.is_paid,
        "subtotal_amount": order.subtotal_amount,
        "discount_amount": order.discount_amount,
        "net_amount": net,
        "tax_amount": tax,
        "total_amount": net + tax,
        "applied_balance_amount": order.applied_balance_amount,
        "due_amount": order.due_amount,
        "refunded_amount": order.refunded_amount,
        "refunded_tax_amount": order.refunded_tax_amount,
        "refundable_amount": max(0, net + order.applied_balance_amount - order.refunded_amount),
        "refundable_tax_amount": max(0, tax - order.refunded_tax_amount),
        "currency": order.currency,
        "billing_reason": present_billing_reason(order),
        "billing_name": order.billing_name,
        "billing_address": order.billing_address,
        "invoice_number": order.invoice_number,
        "is_invoice_generated": order.invoice_generated_at is not None,
        "receipt_number": order.receipt_number,
        "seats": order.seats,
        "units": order.units,
        "customer_id": order.customer_id,
        "product_id": order.product_id,
        "discount_id": order.discount_id,
        "subscription_id": order.subscription_id,
        "checkout_id": order.checkout_id,
        "next_payment_attempt_at": order.next_payment_attempt_at,
        "items": items,
        "description": items[0]["label"] if items else "",
    }


def present_billing_reason(order: Order) -> str:
    """The reason as clients know it: renewals of every kind are one."""
    return _REASONS.get(order.billing_reason, order.billing_reason)


def present_item(item: OrderItem) -> OrderItemBody:
    """One line."""
    return {
        "created_at": item.created_at,
        "modified_at": item.modified_at,
        "id": item.pk,
        "label": item.label,
        "amount": item.amount,
        "tax_amount": item.tax_amount,
        "proration": item.is_proration,
        "product_price_id": item.price_id,
        "start_timestamp": item.period_start_at,
        "end_timestamp": item.period_end_at,
    }


def present_order_product(product: Product) -> dict[str, Any]:
    """The product of an order, without prices."""
    return {
        "metadata": product.metadata,
        "id": product.pk,
        "created_at": product.created_at,
        "modified_at": product.modified_at,
        "trial_interval": product.trial_interval,
        "trial_interval_count": product.trial_interval_count,
        "name": product.name,
        "description": product.description,
        "visibility": product.visibility,
        "recurring_interval": product.recurring_interval,
        "recurring_interval_count": product.recurring_interval_count,
        "meter_interval": None,
        "meter_interval_count": None,
        "is_recurring": product.is_recurring,
        "is_archived": product.is_archived,
        "organization_id": product.organization_id,
    }
