"""What events of orders and payment methods mean for dunning: one operation each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from apps.core.origin import Origin
from apps.core.timers import Due, Timer, register_timer
from apps.events.models import Event
from apps.events.registry import listen, subscribe
from apps.orders.models import Order
from apps.subscriptions.operations.dunning import (
    collect_due_order,
    collect_new_order,
    handle_order_paid,
    handle_payment_failed,
)
from apps.subscriptions.operations.methods import drop_forgotten_method, take_new_default
from apps.subscriptions.selectors import due_dunning_orders

LIMIT: Final = 2000


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    subscribe("order.created", "subscriptions.collect_order", collect)
    listen("order.payment_failed", take_step)
    listen("order.paid", recover)
    listen("payment_method.forgotten", drop_method)
    subscribe("payment_method.made_default", "subscriptions.take_new_default", use_method)
    register_timer(Timer(name="subscriptions.dunning", due=due, run=run, rank=60))


def due(organization_id: UUID, until: datetime) -> Iterable[Due]:
    """What an organization has to be tried again, for its test clock."""
    rows = due_dunning_orders(at=until).filter(organization_id=organization_id)
    found = rows.values_list("next_payment_attempt_at", "pk", "customer_id")[:LIMIT]
    return [Due(at=at, subject_id=order, lane=customer) for at, order, customer in found if at]


def run(order_id: UUID, origin: Origin) -> None:
    """One of them."""
    collect_due_order(order_id=order_id, origin=origin)


def collect(event: Event, origin: Origin) -> None:
    """An order came about; one of a subscription may ask for money."""
    if event.payload.get("due_amount") == 0:
        return
    collect_new_order(order_id=UUID(event.subject_id), origin=origin)


def take_step(event: Event, origin: Origin) -> None:
    """A try to collect an order failed."""
    handle_payment_failed(
        order_id=UUID(event.subject_id),
        trigger=event.payload["trigger"],
        is_recoverable=event.payload["is_recoverable"],
        tried_method_id=_id(event.payload["payment_method_id"]),
        origin=origin,
    )


def recover(event: Event, origin: Origin) -> None:
    """An order was paid."""
    row = event.subject_row
    order = row if isinstance(row, Order) else None
    handle_order_paid(order_id=UUID(event.subject_id), order=order, origin=origin)


def drop_method(event: Event, origin: Origin) -> None:
    """A method can be charged no more."""
    drop_forgotten_method(payment_method_id=UUID(event.subject_id), origin=origin)


def use_method(event: Event, origin: Origin) -> None:
    """A customer wants to be charged with another method."""
    take_new_default(
        customer_id=UUID(event.payload["customer_id"]),
        payment_method_id=UUID(event.subject_id),
        since=event.at,
        origin=origin,
    )


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None
