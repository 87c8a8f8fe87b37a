"""What becomes of a change when its order is paid, or cannot be."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import listen
from apps.subscriptions.operations.changing.paying import (
    REASONS,
    apply_paid_change,
    discard_unpaid_change,
)


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    listen("order.paid", make_change)
    listen("order.finalize_failed", give_up_change)


def make_change(event: Event, origin: Origin) -> None:
    """An order was paid; only those of changes have one waiting for it."""
    if event.payload.get("billing_reason") in REASONS:
        apply_paid_change(order_id=UUID(event.subject_id), origin=origin)


def give_up_change(event: Event, origin: Origin) -> None:
    """The charge of an order that was kept back has failed."""
    discard_unpaid_change(order_id=UUID(event.subject_id), origin=origin)
