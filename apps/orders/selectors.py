"""Reads of orders across tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet, Sum

from apps.core.errors import ResourceNotFound
from apps.core.prepared import ID_MARK, Prepared
from apps.orders.models import Order, OrderItem

_with_parties = Prepared(
    lambda value: Order.objects.select_related("organization", "customer", "product").filter(
        pk=value
    ),
    mark=ID_MARK,
)
_items = Prepared(
    lambda value: OrderItem.objects.filter(order=value).order_by("position", "id"), mark=ID_MARK
)


def order_with_parties(order_id: UUID) -> Order:
    """
    An order with its organization, customer and product.

    :raises ResourceNotFound: if there is none.
    """
    found = _with_parties.first(order_id)
    if found is None:
        raise ResourceNotFound
    return found


def presentable_orders() -> QuerySet[Order]:
    """
    Orders with everything an answer shows, in a fixed number of queries.

    Without those of subscriptions that are kept back until they are paid: no number, no order.
    """
    items = OrderItem.objects.order_by("position", "id")
    shown = Order.objects.exclude(subscription_id__isnull=False, invoice_number=None)
    return shown.select_related("customer", "product").prefetch_related(
        # A plain list: a related manager would make a queryset for each order.
        Prefetch("items", queryset=items, to_attr="listed_items")
    )


def orders_of_customer(customer_id: UUID) -> QuerySet[Order]:
    """What a customer has bought, with what an answer shows; not what is only a draft."""
    shown = presentable_orders().filter(customer_id=customer_id)
    return shown.exclude(status=Order.Status.DRAFT)


def listed_items(order: Order) -> Sequence[OrderItem]:
    """The lines of an order: those read with it, else by a query."""
    known = getattr(order, "listed_items", None)
    return known if known is not None else _items.rows(order.pk)


@dataclass(frozen=True, slots=True)
class DiscountTotal:
    """What a discount took off in one currency, in minor units, over so many orders."""

    currency: str
    amount: int
    order_count: int


def discount_totals(discount_id: UUID) -> list[DiscountTotal]:
    """What a discount has taken off paid orders so far, by currency, refunded ones too."""
    rows = (
        Order.objects.filter(discount_id=discount_id, paid_at__isnull=False)
        .exclude(discount_amount=0)
        .order_by("currency")
        .values("currency")
        .annotate(amount=Sum("discount_amount"), order_count=Count("pk"))
        .values_list("currency", "amount", "order_count")
    )
    return [DiscountTotal(*row) for row in rows]
