"""What an event changed, as people read it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Model

from apps.core.staff import show
from apps.events.models import Event

LENGTH_OF_MOMENT = len("2026-01-01T00:00:00")


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
    if isinstance(value, dict):
        said = {name: part for name, part in value.items() if part is not None}
        return ", ".join(f"{name.replace('_', ' ')} {_plain(part)}" for name, part in said.items())
    return _plain(value)


def _plain(value: Any) -> Any:
    """A moment to the minute, in UTC; anything else as it is."""
    if not isinstance(value, str) or len(value) < LENGTH_OF_MOMENT or value[10:11] != "T":
        return value
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def _currency(field: str, event: Event, record: Model) -> str | None:
    """The currency an amount is in: its own, as changed or as it is, else that of the record."""
    if field != "amount" and not field.endswith("_amount"):
        return None
    own = f"{field.removesuffix('_amount')}_currency"
    changed = event.changes.get(own)
    if changed and changed[1]:
        return str(changed[1])
    return getattr(record, own, None) or getattr(record, "currency", None)
