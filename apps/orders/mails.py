"""What customers are written about their orders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.core.origin import Origin
from apps.customers.selectors import mail_address
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.notifications.operations import Occasion, queue_mail
from apps.orders.models import Order
from apps.orders.selectors import listed_items, order_with_parties

_PURCHASE = Order.BillingReason.PURCHASE


def register() -> None:
    """Write when orders are paid; called once at start."""
    subscribe("order.paid", "orders.mail_confirmation", _confirm, when=_may_be_purchase)


def order_facts(order: Order) -> dict[str, Any]:
    """What every mail about an order shows; amounts in minor units of `currency`."""
    items = listed_items(order)
    # What is sold without a product (credit for a wallet) goes by its line.
    name = order.product.name if order.product else items[0].label if items else ""
    return {
        "product_name": name,
        "customer_name": order.customer.name or "",
        "lines": [{"label": item.label, "amount": item.amount} for item in items],
        "currency": order.currency,
        "discount_amount": order.discount_amount,
        "tax_amount": order.tax_amount,
        "total_amount": order.total_amount,
        "applied_balance_amount": order.applied_balance_amount,
        "due_amount": order.due_amount,
        "invoice_number": order.invoice_number or "",
    }


def _may_be_purchase(event: Event) -> bool:
    return bool(event.payload.get("billing_reason", _PURCHASE) == _PURCHASE)


def _confirm(event: Event, origin: Origin) -> None:
    order = order_with_parties(UUID(event.subject_id))
    if order.billing_reason != _PURCHASE:
        return
    queue_mail(
        occasion=Occasion(
            kind="order_confirmation",
            key=str(order.pk),
            organization=order.organization,
            recipient=mail_address(order.customer),
            customer_id=order.customer_id,
            subject_type="order",
            subject_id=str(order.pk),
            locale=order.customer.locale,
            context=order_facts(order),
        ),
        origin=origin,
    )
