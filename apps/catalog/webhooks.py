"""What merchants are told of products."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.catalog.api.presenters import present_product
from apps.catalog.selectors import shown_product
from apps.events.models import Event
from apps.webhooks.registry import tell, tell_each


def register() -> None:
    """Called once, when Django is ready."""
    tell("product.created", names=("product.created",), present=_product)
    changed = (
        "product.updated",
        "product.archived",
        "product.restored",
        "product.benefits_changed",
    )
    tell_each(changed, names=("product.updated",), present=_product)


def _product(event: Event, version: str) -> Any:
    return present_product(shown_product(UUID(event.subject_id)))
