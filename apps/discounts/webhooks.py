"""What merchants are told of discounts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.discounts.api.presenters import present_discount
from apps.discounts.selectors import shown_discount
from apps.events.models import Event
from apps.webhooks.registry import tell


def register() -> None:
    """Called once, when Django is ready."""
    for name in ("discount.created", "discount.updated", "discount.deleted"):
        tell(name, names=(name,), present=_discount)


def _discount(event: Event, version: str) -> Any:
    return present_discount(shown_discount(UUID(event.subject_id)))
