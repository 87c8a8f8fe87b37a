"""When the benefits of a purchase have to follow."""

from __future__ import annotations

from uuid import UUID

from apps.benefits.sources import Source, register_source
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.orders.operations.entitling import align_order_benefits
from apps.orders.seating import container_of, find_container
from apps.seats.containers import Keeper, register_keeper


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    register_source(
        "order_id",
        Source(
            of_checkouts=lambda ids: Order.objects.filter(checkout_id__in=ids).values("pk"),
            lock=lock_order,
            align=lambda order_id, origin: align_order_benefits(order_id=order_id, origin=origin),
        ),
    )
    register_keeper(
        "order_id",
        Keeper(
            lock=lambda order_id, at: container_of(lock_order(order_id), at),
            find=find_container,
            of_checkout=lambda pk: Order.objects.filter(
                checkout_id=pk, subscription_id=None
            ).values_list("pk", flat=True),
        ),
    )
    subscribe("order.paid", "orders.align_benefits", _align, when=_is_purchase)
    subscribe("product.benefits_changed", "orders.align_of_product", _align_all)


def _align(event: Event, origin: Origin) -> None:
    align_order_benefits(order_id=UUID(event.subject_id), origin=origin)


def _align_all(event: Event, origin: Origin) -> None:
    """A product gives something else now; a job brings it to its buyers, spread over time."""
    enqueue("orders.align_of_product", product_id=event.subject_id)


def _is_purchase(event: Event) -> bool:
    return not event.payload.get("subscription_id")
