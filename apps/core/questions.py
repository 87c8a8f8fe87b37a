"""Yes-or-no questions about rows, answered by apps above without being known below."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import BooleanField, Exists, ExpressionWrapper, Q, Value
from django.db.models.expressions import Combinable


class Question:
    """
    True for a row if any registered query finds something for it.

    Apps register in their `AppConfig.ready()`. The answer is part of the query that reads the
    rows, so it costs no query of its own.
    """

    def __init__(self) -> None:
        self._queries: dict[str, Callable[[], Exists]] = {}

    def register(self, name: str, query: Callable[[], Exists]) -> None:
        """Answer yes where `query` (on `OuterRef("pk")`) finds a row; the same name replaces."""
        self._queries[name] = query

    def answer(self) -> Combinable:
        """The answer as an expression on the rows; false while nobody has registered."""
        if not self._queries:
            return Value(False)
        condition = Q()
        for query in self._queries.values():
            condition |= Q(query())
        return ExpressionWrapper(condition, output_field=BooleanField())
