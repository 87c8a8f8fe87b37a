"""What becomes of a top-up when its order is paid, or cannot be."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import listen
from apps.payments.operations.topping_up import discard_top_up, settle_top_up


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    listen("order.paid", credit_wallet)
    listen("order.finalize_failed", give_up)


def credit_wallet(event: Event, origin: Origin) -> None:
    """An order was paid; those of checkouts and subscriptions buy no credit."""
    payload = event.payload
    if not payload.get("checkout_id") and not payload.get("subscription_id"):
        settle_top_up(order_id=UUID(event.subject_id), origin=origin)


def give_up(event: Event, origin: Origin) -> None:
    """The charge of an order has failed that nobody waits for any more."""
    discard_top_up(order_id=UUID(event.subject_id), origin=origin)
