"""Filters of lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def among(rows: QuerySet[Row], **wanted: Iterable[Any] | None) -> QuerySet[Row]:
    """Those whose every named field has one of its wanted values; None wants nothing of it."""
    return rows.filter(
        **{f"{field}__in": values for field, values in wanted.items() if values is not None}
    )
