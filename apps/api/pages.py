"""Lists: pages and sorting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from rest_framework.request import Request

from apps.api.query import Query
from apps.core.errors import SchemaInvalid
from apps.core.prepared import ID_MARK, Prepared
from apps.core.replica import prefer_replica

MAX_LIMIT = 100
DEFAULT_LIMIT = 10

# How many lists are remembered, and the longest query that one of them may have.
REMEMBERED, REMEMBERED_LENGTH = 512, 300

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
    it is the last. Read from the replica where there is one.
    """
    prefer_replica()
    page, limit = page_of(request)
    start = (page - 1) * limit
    rows = list(queryset[start : start + limit])
    is_last = len(rows) < limit and (rows or page == 1)
    total = start + len(rows) if is_last else queryset.order_by().count()
    return page_body([present(row) for row in rows], total, limit)


_lists: dict[tuple[type, str], Prepared[Any]] = {}


def paginate_own(
    build: Callable[[Any], QuerySet[Row]],
    request: Request,
    present_all: Callable[[list[Row]], list[Any]],
    *,
    organization_id: UUID,
    name: type,
) -> dict[str, Any]:
    """
    As `paginate`, for a list that depends on organization and query parameters alone.

    Making its SQL takes longer than running it, so it is made once for each query. `build` is
    called with the id that stands for the organization's, `present_all` with the rows of the page,
    `name` tells the lists apart. Read from the replica where there is one.
    """
    prefer_replica()
    page, limit = page_of(request)
    start = (page - 1) * limit
    key = (name, request.META.get("QUERY_STRING", ""))
    prepared: Prepared[Row] | None = _lists.get(key)
    if prepared is None:
        queryset = build(ID_MARK)[start : start + limit]
        prepared = Prepared(lambda _: queryset, mark=ID_MARK)
        if len(key[1]) <= REMEMBERED_LENGTH:
            if len(_lists) >= REMEMBERED:
                _lists.clear()
            _lists[key] = prepared
    rows = prepared.rows(organization_id)
    is_last = len(rows) < limit and (rows or page == 1)
    total = start + len(rows) if is_last else prepared.count(organization_id)
    return page_body(present_all(rows), total, limit)


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
