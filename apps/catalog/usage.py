"""
Whether a product is in use, asked of the apps above without knowing them.

They register a query in their `AppConfig.ready()`; it becomes part of the query that reads
products, so it costs no query of its own.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import BooleanField, Exists, ExpressionWrapper, Q, Value
from django.db.models.expressions import Combinable

_uses: dict[str, Callable[[], Exists]] = {}


def register_use(name: str, query: Callable[[], Exists]) -> None:
    """Count a product as used where `query` (on `OuterRef("pk")`) finds a row."""
    _uses[name] = query


def is_used() -> Combinable:
    """An expression on products: true if any use is found."""
    if not _uses:
        return Value(False)
    condition = Q()
    for query in _uses.values():
        condition |= Q(query())
    return ExpressionWrapper(condition, output_field=BooleanField())
