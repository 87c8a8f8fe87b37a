"""Orders of other systems: paid there, worth nothing in our books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.catalog.models import Product
from apps.core.ids import new_id
from apps.orders.models import Order, OrderItem
from apps.organizations.models import Organization

PREFIX: Final = "IMPORTED-"
LABEL: Final = "Bought elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedOrder:
    """Whose, of what, its number in the other system, and when it was paid."""

    customer_id: UUID
    product_id: UUID | None
    number: str
    at: datetime


@transaction.atomic
def import_orders(*, organization: Organization, imported: Sequence[ImportedOrder]) -> list[UUID]:
    """
    The ids of paid orders of nothing, in the order of `imported`.

    One that was imported before is found again by its number and customer. Nothing is booked, sent
    or recorded: whoever imports records that.
    """
    numbers = [_invoice_number(organization, one) for one in imported]
    known: dict[str, UUID] = {
        str(number): pk
        for number, pk in Order.objects.filter(invoice_number__in=numbers).values_list(
            "invoice_number", "pk"
        )
    }
    ids = [one.product_id for one in imported if one.product_id]
    names = dict(Product.objects.filter(pk__in=ids).values_list("pk", "name"))
    made: dict[str, Order] = {}
    for number, one in zip(numbers, imported, strict=True):
        if number not in known:
            made[number] = _order(organization, number, one)
            known[number] = made[number].pk
    Order.objects.bulk_create(made.values())
    OrderItem.objects.bulk_create(
        OrderItem(
            order=order,
            created_at=order.created_at,
            label=names.get(order.product_id, LABEL) if order.product_id else LABEL,
            amount=0,
            net_amount=0,
        )
        for order in made.values()
    )
    return [known[number] for number in numbers]


def _order(organization: Organization, number: str, one: ImportedOrder) -> Order:
    return Order(
        id=new_id(),
        created_at=one.at,
        organization=organization,
        customer_id=one.customer_id,
        product_id=one.product_id,
        status=Order.Status.PAID,
        billing_reason=Order.BillingReason.PURCHASE,
        currency=organization.default_presentment_currency,
        subtotal_amount=0,
        net_amount=0,
        invoice_number=number,
        paid_at=one.at,
    )


def _invoice_number(organization: Organization, one: ImportedOrder) -> str:
    """The number of the other system, kept apart from those of other merchants and buyers."""
    text = f"{organization.pk}:{one.customer_id}:{one.number}"
    return f"{PREFIX}{one.number}-{sha256(text.encode()).hexdigest()[:10]}"
