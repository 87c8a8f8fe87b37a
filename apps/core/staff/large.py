"""What keeps the lists of large tables quick: counts that end, choices that are remembered."""

from __future__ import annotations

from time import perf_counter
from typing import Any, Final

from django.contrib.admin import AllValuesFieldListFilter
from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property

# Nobody turns so many pages; a filter or a search finds what is further down.
COUNTED: Final = 10_000
# What took longer to find out than this is remembered for so long.
QUICK_SECONDS: Final = 0.02
REMEMBERED_SECONDS: Final = 300


class EndingPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of the first ten thousand rows; `is_cut` tells that there are more."""

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: COUNTED + 1].count())

    @cached_property
    def count(self) -> int:
        """How many rows have a page."""
        return min(self._counted, COUNTED)

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than that."""
        return self._counted > COUNTED


class FoundPaginator(EndingPaginator):
    """
    Pages of what a search finds, in one look through the table.

    A condition that no index answers is as slow for the count as for a page, so both come from the
    keys that are found.
    """

    @cached_property
    def _keys(self) -> list[Any]:
        rows: Any = self.object_list
        return list(rows.values_list("pk", flat=True)[: COUNTED + 1])

    @cached_property
    def _counted(self) -> int:
        return len(self._keys)

    def page(self, number: Any) -> Page[Any]:
        """The page of that number."""
        valid = self.validate_number(number)
        start = (valid - 1) * self.per_page
        keys = self._keys[:COUNTED][start : start + self.per_page]
        rows: Any = self.object_list
        return Page(rows.filter(pk__in=keys), valid, self)


class ValuesFilter(AllValuesFieldListFilter):
    """
    The values that a column has, as choices.

    Finding them reads the whole table. Where that takes long, values that are new show up among
    the choices after some minutes.
    """

    def __init__(
        self,
        field: Any,
        request: HttpRequest,
        params: dict[str, Any],
        model: Any,
        model_admin: Any,
        field_path: str,
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        role = getattr(request.user, "staff_role", "")
        key = f"values:{role}:{model._meta.label_lower}:{field_path}"
        self.lookup_choices: Any = _remembered(key, self.lookup_choices)


def _remembered(key: str, values: Any) -> list[Any]:
    found: list[Any] | None = cache.get(key)
    if found is None:
        began = perf_counter()
        found = list(values)
        if perf_counter() - began > QUICK_SECONDS:
            cache.set(key, found, REMEMBERED_SECONDS)
    return found
