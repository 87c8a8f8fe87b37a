"""Lists: pages and sorting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from rest_framework.request import Request

from apps.api.query import Query
from apps.core.errors import SchemaInvalid

MAX_LIMIT = 100
DEFAULT_LIMIT = 10

Row = TypeVar("Row", bound=Model)


def page_of(request: Request | HttpRequest) -> tuple[int, int]:
    """The page asked for (from 1) and its size, at most 100."""
    query = Query(request.GET)
    page = query.number("page", 1)
    return page, min(query.number("limit", DEFAULT_LIMIT), MAX_LIMIT)


def paginate(
    queryset: QuerySet[Row],
    request: Request | HttpRequest,
    present: Callable[[Row], Any],
) -> dict[str, Any]:
    """
    One page of `queryset`, each row through `present`, with the counts of the whole.

    One query and those of its prefetches, and one that counts unless the page itself shows that
    it is the last.
    """
    page, limit = page_of(request)
    start = (page - 1) * limit
    rows = list(queryset[start : start + limit])
    is_last = len(rows) < limit and (rows or page == 1)
    total = start + len(rows) if is_last else queryset.order_by().count()
    return page_body([present(row) for row in rows], total, limit)


def page_body(items: list[Any], total: int, limit: int) -> dict[str, Any]:
    """The body of a list."""
    return {
        "items": items,
        "pagination": {"total_count": total, "max_page": -(-total // limit)},
    }


def sorting(
    request: Request | HttpRequest,
    allowed: Mapping[str, Any],
    default: Sequence[str],
) -> list[Any]:
    """
    Arguments for `order_by` from the repeated `sorting` parameter, ending in the id.

    `allowed` maps a name of the API to a field or expression. SchemaInvalid for another name.
    """
    terms = request.GET.getlist("sorting") or list(default)
    order: list[Any] = []
    for index, term in enumerate(terms):
        name = term.removeprefix("-")
        if name not in allowed:
            known = ", ".join(f"{key}, -{key}" for key in allowed)
            raise SchemaInvalid.at(
                "query",
                "sorting",
                index,
                msg=f"Input should be one of {known}",
                value=term,
                kind="enum",
            )
        target = allowed[name]
        if isinstance(target, str):
            order.append(f"-{target}" if term.startswith("-") else target)
        else:
            order.append(target.desc() if term.startswith("-") else target.asc())
    # Ids follow the time of making, so ties break in the direction of the last term.
    order.append("-id" if terms and terms[-1].startswith("-") else "id")
    return order
