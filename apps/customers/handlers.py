"""What events mean for the state of a customer, as merchants hear of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.customers.operations import note_state_change
from apps.events.models import Event
from apps.events.registry import listen

OWN: Final = (
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "customer.restored",
    "customer.merged",
)


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    watch_state([*OWN, "customer.anonymized"])


def watch_state(event_types: Iterable[str]) -> None:
    """
    Have merchants told of the state of a customer after any of these events.

    Each is about the customer itself, or about something that has a `customer_id`.
    """
    for event_type in event_types:
        listen(event_type, note)


def note(event: Event, origin: Origin) -> None:
    """Something became of a customer, or of what they have."""
    row = event.subject_row
    key = event.subject_id if isinstance(row, Customer) else getattr(row, "customer_id", None)
    if key is not None and event.organization_id is not None:
        note_state_change(
            customer_id=UUID(str(key)), organization_id=event.organization_id, origin=origin
        )
