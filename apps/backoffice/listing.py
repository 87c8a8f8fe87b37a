"""A page of a list, ready for its template: headers, rows, filters, pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.utils import lookup_field
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey

from apps.core.staff.columns import titled
from apps.core.staff.panels import Row, Total


@dataclass(frozen=True, slots=True)
class Header:
    """A column's head; `url` sorts by it."""

    text: str
    kind: str
    url: str
    direction: str


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter with its choices."""

    title: str
    is_set: bool
    current: str
    choices: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Chip:
    """A restriction that came by a link; `url` takes it off."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page number, or the gap between two."""

    text: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """Everything the list template shows."""

    headers: list[Header]
    rows: list[Row]
    tabs: list[dict[str, Any]]
    filters: list[Filter]
    chips: list[Chip]
    pages: list[PageLink]
    totals: list[Total]
    kept: list[tuple[str, str]]
    count_text: str
    summary: str
    clear_url: str
    is_narrowed: bool


def build_list_page(listing: Any) -> ListPage:
    """The page of a change list."""
    tabbed = [one for one in listing.filter_specs if _is_tabs(one, listing)]
    tabs = [dict(choice) for one in tabbed for choice in one.choices(listing)]
    filters = [_filter(one, listing) for one in listing.filter_specs if one not in tabbed]
    chips = _chips(listing)
    is_filtered = bool(chips) or any(one.is_set for one in filters)
    return ListPage(
        headers=_headers(listing),
        rows=_rows(listing),
        tabs=tabs,
        filters=filters,
        chips=chips,
        pages=_pages(listing),
        totals=listing.model_admin.totals(listing.queryset.order_by()),
        kept=_kept(listing),
        count_text=_count(listing),
        summary=_summary(listing),
        clear_url=listing.clear_all_filters_qs if is_filtered else "",
        is_narrowed=is_filtered
        or bool(listing.query)
        or any(choice["selected"] for choice in tabs[1:]),
    )


def _kinds(listing: Any) -> list[str]:
    return [str(getattr(name, "kind", "")) for name in listing.list_display]


def _headers(listing: Any) -> list[Header]:
    made = []
    for kind, head in zip(_kinds(listing), result_headers(listing), strict=True):
        direction = ""
        if head.get("sorted"):
            direction = "asc" if head.get("ascending") else "desc"
        made.append(
            Header(
                text=str(head["text"]),
                kind=kind,
                url=str(head.get("url_primary", "")) if head.get("sortable") else "",
                direction=direction,
            )
        )
    return made


def _rows(listing: Any) -> list[Row]:
    kinds = _kinds(listing)
    return [
        Row(
            url=listing.url_for_result(record),
            cells=[
                (kind, lookup_field(name, record, listing.model_admin)[2])
                for kind, name in zip(kinds, listing.list_display, strict=True)
            ],
        )
        for record in listing.result_list
    ]


def _is_tabs(spec: Any, listing: Any) -> bool:
    named = str(getattr(listing.model_admin, "tabs", ""))
    return bool(named) and getattr(spec, "parameter_name", None) == named


def _filter(spec: Any, listing: Any) -> Filter:
    choices = [dict(choice) for choice in spec.choices(listing)]
    chosen = [choice for choice in choices if choice.get("selected")]
    is_set = bool(chosen) and choices.index(chosen[0]) > 0
    return Filter(
        title=titled(str(spec.title).replace(" ", "_")),
        is_set=is_set,
        current=str(chosen[0]["display"]) if chosen else "",
        choices=choices,
    )


def _chips(listing: Any) -> list[Chip]:
    known: set[str] = set()
    for spec in listing.filter_specs:
        known.update(spec.expected_parameters())
    return [
        Chip(
            text=f"{titled(_root(name))}: {_named(listing, name, values[-1])}",
            url=listing.get_query_string(remove=[name]),
        )
        for name, values in listing.filter_params.items()
        if name not in known
    ]


def _root(name: str) -> str:
    return name.removesuffix("__exact").removesuffix("__id")


def _named(listing: Any, name: str, value: str) -> str:
    """The record a link meant, by its name; the value itself where there is none."""
    try:
        field = listing.model._meta.get_field(_root(name))
    except FieldDoesNotExist:
        return value
    if not isinstance(field, ForeignKey):
        return value
    found = field.related_model._default_manager.filter(pk=value).first()
    return str(found or value)


def _kept(listing: Any) -> list[tuple[str, str]]:
    """What a new search keeps: filters and order, not the page."""
    return [
        (name, str(value))
        for name, values in listing.params.items()
        if name not in ("q", PAGE_VAR)
        for value in (values if isinstance(values, list | tuple) else [values])
    ]


def _count(listing: Any) -> str:
    count = listing.result_count
    noun = listing.opts.verbose_name if count == 1 else listing.opts.verbose_name_plural
    return f"{'more than ' if listing.paginator.is_cut else ''}{count:,} {noun}"


def _summary(listing: Any) -> str:
    """What all listed rows come to, if the admin tells (`summary_of`)."""
    summary_of = getattr(listing.model_admin, "summary_of", None)
    return summary_of(listing.queryset) if summary_of and listing.result_count else ""


def _pages(listing: Any) -> list[PageLink]:
    if listing.paginator.num_pages < 2:
        return []
    links = []
    for number in listing.paginator.get_elided_page_range(listing.page_num, on_each_side=2):
        is_current = number == listing.page_num
        is_link = isinstance(number, int) and not is_current
        url = listing.get_query_string({PAGE_VAR: number}) if is_link else ""
        links.append(PageLink(text=str(number), url=url, is_current=is_current))
    return links
