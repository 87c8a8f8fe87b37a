"""
Panels: what other apps show on a record's page.

An upper app registers a panel for a lower app's model, so that a customer's page lists orders
without the customers app knowing of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from apps.core.staff import roles
from apps.core.staff.columns import Column

LIMIT = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A record's cells, and its page."""

    url: str
    cells: list[tuple[str, Any]]

    @property
    def is_opened_by_its_first_cell(self) -> bool:
        """Whether the first cell is to link to the page: not if it is a link of its own."""
        return bool(self.url and self.cells) and "<a " not in str(self.cells[0][1])


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled table. `more` is where the rest can be seen, empty when all is shown."""

    title: str
    headers: Sequence[tuple[str, str]] = ()
    rows: Sequence[Row] = ()
    more: str = ""
    empty: str = "None yet."
    note: str = ""
    # What can be done from here: dialog actions of another list.
    verbs: Sequence[tuple[str, str]] = ()
    # A template rendered with `body` in place of the table.
    template: str = ""
    body: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Total:
    """A figure above a list: `values` as they are shown, and a line under them."""

    title: str
    values: Sequence[Any]
    note: str = ""
    tone: str = ""


Source = Callable[[Any, HttpRequest], Panel | None]
_sources: dict[str, list[tuple[int, str, Source]]] = defaultdict(list)


def panel(label: str, position: int = 100, role: str = roles.VIEWER) -> Callable[[Source], Source]:
    """
    Show what the decorated function returns on the pages of `label` (`app.model`).

    Staff below `role` do not see it.
    """

    def register(source: Source) -> Source:
        _sources[label.lower()].append((position, role, source))
        return source

    return register


def panels_for(record: Model, request: HttpRequest) -> list[Panel]:
    """The record's panels in their order. Each costs a constant number of queries."""
    found = sorted(_sources.get(record._meta.label_lower, []), key=lambda one: one[0])
    made = (
        source(record, request) for _, role, source in found if roles.reaches(request.user, role)
    )
    return [one for one in made if one is not None]


def table(
    title: str,
    records: QuerySet[Any] | Iterable[Any],
    columns: Sequence[Column],
    *,
    more: str = "",
    empty: str = "None yet.",
    note: str = "",
    limit: int = LIMIT,
    verbs: Sequence[tuple[str, str]] = (),
) -> Panel:
    """A panel of at most `limit` records; one query, and `more` only when there are more."""
    taken = (
        list(records[: limit + 1]) if isinstance(records, QuerySet) else list(records)[: limit + 1]
    )
    return Panel(
        title=title,
        headers=[(str(one.short_description), _kind(one)) for one in columns],  # type: ignore[attr-defined]
        rows=[_row(record, columns) for record in taken[:limit]],
        more=more if len(taken) > limit else "",
        empty=empty,
        note=note,
        verbs=verbs,
    )


def latest(
    label: str,
    model: type[Model],
    field: str,
    columns: Sequence[Column],
    *,
    title: str,
    position: int,
    role: str = roles.VIEWER,
    related: Sequence[str] = (),
    empty: str = "None yet.",
) -> None:
    """
    Show on the pages of `label` the latest rows of `model` that point at the record by `field`.

    `field` is a foreign key, or a plain column that holds the id of a record of a floor above.
    `related` is selected with every row.
    """
    by = f"{field}__id__exact" if model._meta.get_field(field).is_relation else f"{field}__exact"

    @panel(label, position=position, role=role)
    def source(record: Any, request: HttpRequest) -> Panel:
        rows = model._default_manager.filter(**{field: record.pk}).order_by("-created_at")
        return table(
            title,
            rows.select_related(*related) if related else rows,
            columns,
            more=listing(model._meta.app_label, str(model._meta.model_name), **{by: record.pk}),
            empty=empty,
        )


def listing(app: str, model: str, **filters: Any) -> str:
    """The address of a list, filtered."""
    return f"{reverse(f'admin:{app}_{model}_changelist')}?{urlencode(filters)}"


def _row(record: Any, columns: Sequence[Column]) -> Row:
    return Row(url=page_of(record), cells=[(_kind(one), one(record)) for one in columns])


def page_of(record: Any) -> str:
    """The address of the record's page, empty if it has none."""
    if not isinstance(record, Model):
        return ""
    from django.contrib import admin

    if type(record) not in admin.site._registry:
        return ""
    return reverse(
        f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk]
    )


def _kind(one: Column) -> str:
    return str(getattr(one, "kind", ""))
