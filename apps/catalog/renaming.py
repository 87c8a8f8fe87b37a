"""Moving the answers of buyers when the slug of a custom field changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

Rows = Callable[[], QuerySet[Any]]
_holders: dict[str, Rows] = {}


def register_holder(name: str, rows: Rows) -> None:
    """Say that these rows, each with an organization, keep answers in `custom_field_data`."""
    _holders[name] = rows


def move_answers(*, organization_id: UUID, before: str, after: str) -> int:
    """Rename the key wherever a row of the organization has it; how many had."""
    moved = RawSQL(
        '("custom_field_data" - %s) || jsonb_build_object(%s::text, "custom_field_data" -> %s)',
        [before, after, before],
    )
    count = 0
    for rows in _holders.values():
        own = rows().filter(organization_id=organization_id)
        count += own.filter(custom_field_data__has_key=before).update(custom_field_data=moved)
    return count
