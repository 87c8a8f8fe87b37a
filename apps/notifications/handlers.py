"""What mails hear from the apps above."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import listen
from apps.notifications.operations import forget_recipient


def register() -> None:
    """Listen; called once at start."""
    listen("customer.anonymized", _forget)


def _forget(event: Event, origin: Origin) -> None:
    forget_recipient(customer_id=UUID(event.subject_id))
