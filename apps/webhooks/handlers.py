"""What events mean for webhooks."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import listen
from apps.webhooks.operations import forget_told


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    listen("customer.anonymized", forget_customer)


def forget_customer(event: Event, origin: Origin) -> None:
    """What was told about an anonymised customer is forgotten."""
    forget_told(customer_id=UUID(event.subject_id), origin=origin)
