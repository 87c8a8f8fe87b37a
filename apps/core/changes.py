"""Setting fields on a row and telling, for the event, what became different."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

Changes = dict[str, tuple[Any, Any]]


def assign(row: Model, values: Mapping[str, Any]) -> Changes:
    """Set `values` on `row` (not saved); the fields that differ, with (before, after)."""
    changes: Changes = {}
    for name, after in values.items():
        before = getattr(row, name)
        if before != after:
            setattr(row, name, after)
            changes[name] = (_json_ready(before), _json_ready(after))
    return changes


def _json_ready(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | dict | list):
        return value
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat else str(value)
