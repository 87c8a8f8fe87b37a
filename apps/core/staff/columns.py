"""Columns and facts: how one attribute of a record is titled, sorted and shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.staff import show

Column = Callable[[Any], Any]
Tones = Mapping[str, str]


def column(
    value: Callable[[Any], Any], title: str, *, order: str | None = None, kind: str = ""
) -> Column:
    """A column titled `title`; sortable when `order` names a field. `kind` is a CSS class."""

    def shown(record: Any) -> Any:
        return value(record)

    shown.__name__ = kind or title.lower().replace(" ", "_")
    shown.short_description = title  # type: ignore[attr-defined]
    shown.kind = kind  # type: ignore[attr-defined]
    if order:
        shown.admin_order_field = order  # type: ignore[attr-defined]
    return shown


def titled(field: str) -> str:
    """`paid_at` -> `Paid`, `net_amount` -> `Net`: the unit is in the value itself."""
    if field == "at":
        return "When"
    words = field.removesuffix("_at").removesuffix("_amount").removesuffix("_id")
    return words.removeprefix("is_").replace("__", " ").replace("_", " ").capitalize()


def reach(record: Any, path: str) -> Any:
    """The attribute at a dotted or double-underscored path, through keys of JSON fields too."""
    value: Any = record
    for step in path.split("__"):
        if value is None:
            return None
        value = value.get(step) if isinstance(value, dict) else getattr(value, step)
    return value


def amount(field: str, currency: str = "currency", title: str = "") -> Column:
    """Money in the record's own currency."""
    return column(
        lambda record: show.amount(reach(record, field), reach(record, currency)),
        title or titled(field),
        order=field,
        kind="amount",
    )


def when(field: str, title: str = "") -> Column:
    """A moment."""
    return column(
        lambda record: show.time(reach(record, field)),
        title or titled(field),
        order=field,
        kind="when",
    )


def badge(field: str, tones: Tones, title: str = "") -> Column:
    """A status word, coloured by `tones`."""

    def value(record: Any) -> SafeString:
        word = reach(record, field)
        return show.badge(word, tones.get(word, ""))

    return column(value, title or titled(field), order=field, kind="status")


def code(field: str = "id", title: str = "", *, tail: bool = False) -> Column:
    """An id to copy."""
    return column(
        lambda record: show.code(reach(record, field), tail=tail),
        title or ("ID" if field == "id" else titled(field)),
        order=field,
        kind="code",
    )


def link(field: str, title: str = "", words: Callable[[Any], str] = str) -> Column:
    """The page of a related record (have it selected with the row), named by `words`."""

    def value(record: Any) -> SafeString:
        found = reach(record, field)
        return show.link(found, None if found is None else words(found))

    return column(
        value,
        title or titled(field),
        order=field,
        kind="link",
    )


def text(field: str, title: str = "", *, order: bool = True) -> Column:
    """Plain words."""

    def value(record: Any) -> Any:
        found = reach(record, field)
        if isinstance(found, list):
            found = ", ".join(str(item) for item in found)
        if found in (None, ""):
            return show.blank()
        return format_html("{}", str(found))

    return column(value, title or titled(field), order=field if order else None, kind="text")


def parts(field: str, title: str = "") -> Column:
    """The values of a flat JSON object in one line, such as an address."""

    def value(record: Any) -> SafeString:
        found = reach(record, field) or {}
        words = found.values() if isinstance(found, dict) else found
        text = ", ".join(str(word) for word in words if word)
        return format_html("{}", text) if text else show.blank()

    return column(value, title or titled(field))


def auto(model: type[models.Model], field: str) -> Column:
    """The column that suits the type of a model field."""
    try:
        declared = model._meta.get_field(field)
    except FieldDoesNotExist:
        return column(lambda record: _plain(reach(record, field)), titled(field))
    if isinstance(declared, models.ForeignKey):
        return link(field)
    if isinstance(declared, models.DateTimeField):
        return when(field)
    if isinstance(declared, models.JSONField):
        return column(lambda record: show.data(reach(record, field)), titled(field), kind="data")
    if isinstance(declared, models.UUIDField):
        return code(field)
    return column(lambda record: _plain(reach(record, field)), titled(field))


def _plain(value: Any) -> SafeString:
    if isinstance(value, bool):
        return show.yes_no(value)
    if isinstance(value, datetime):
        return show.time(value)
    if isinstance(value, list):
        value = ", ".join(str(item) for item in value)
    return show.blank() if value in (None, "") else format_html("{}", str(value))
