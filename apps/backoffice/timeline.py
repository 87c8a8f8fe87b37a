"""What an event changed, as people read it."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from apps.core.staff import show
from apps.events.models import Event


def shown_changes(event: Event, record: Model) -> list[tuple[str, Any, Any]]:
    """(field, before, after); amounts with their currency where it can be known."""
    return [
        (field, *(_shown(value, _currency(field, event, record)) for value in pair))
        for field, pair in event.changes.items()
    ]


def _shown(value: Any, currency: str | None) -> Any:
    if value is None:
        return show.blank()
    if currency and isinstance(value, int):
        return show.amount(value, currency)
    return value


def _currency(field: str, event: Event, record: Model) -> str | None:
    """The currency an amount is in: its own, as changed or as it is, else that of the record."""
    if not field.endswith("_amount"):
        return None
    own = f"{field.removesuffix('_amount')}_currency"
    changed = event.changes.get(own)
    if changed and changed[1]:
        return str(changed[1])
    return getattr(record, own, None) or getattr(record, "currency", None)
