"""Values as staff read them: HTML for amounts, times, ids, badges and links."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.clock import system_time
from apps.core.money import format_amount

TAIL = 8


def blank() -> SafeString:
    """What stands where there is no value."""
    return format_html('<span class="bo-blank">{}</span>', "–")


def amount(value: int | None, currency: str | None) -> SafeString:
    """Minor units of `currency` with its sign; right-aligned digits."""
    if value is None or not currency:
        return blank()
    return format_html('<span class="bo-amount">{}</span>', format_amount(value, currency))


def time(value: datetime | None, now: datetime | None = None) -> SafeString:
    """UTC to the second, with its distance to `now`, the machine's time unless given."""
    if value is None:
        return blank()
    utc = value.astimezone(UTC)
    return format_html(
        '<time class="bo-time" datetime="{}" title="{}">{}<span class="bo-hint">{}</span></time>',
        utc.isoformat(),
        utc.strftime("%Y-%m-%d %H:%M:%S UTC"),
        utc.strftime("%Y-%m-%d %H:%M"),
        relative(utc, now),
    )


def relative(value: datetime, now: datetime | None = None) -> str:
    """The distance to now in its largest unit: `3 min ago`, `in 2 days`."""
    delta = (now or system_time()) - value
    words = duration(abs(delta))
    if words == "now":
        return words
    return f"{words} ago" if delta > timedelta() else f"in {words}"


def duration(delta: timedelta) -> str:
    """A span in its largest unit."""
    seconds = int(delta.total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''}"
    return f"{seconds} s" if seconds >= 5 else "now"


def code(value: Any, *, tail: bool = False) -> SafeString:
    """An id in monospace with a button that copies it whole; `tail` shows its last characters."""
    if value in (None, ""):
        return blank()
    whole = str(value)
    seen = _tail_of(whole) if tail else whole
    return format_html(
        '<span class="bo-id"><code title="{0}">{1}</code>'
        '<button type="button" class="bo-copy" data-copy="{0}" aria-label="Copy {0}">'
        '<span class="material-symbols-outlined" aria-hidden="true">content_copy</span>'
        "</button></span>",
        whole,
        seen,
    )


def _tail_of(whole: str) -> str:
    """The last characters, after the kind that a provider's ids begin with (`ch_…`)."""
    kind, underscore, _ = whole.partition("_")
    prefix = kind + underscore if underscore and len(kind) < TAIL else ""
    return f"{prefix}…{whole[-TAIL:]}" if len(whole) > len(prefix) + TAIL + 1 else whole


def badge(text: Any, tone: str = "") -> SafeString:
    """A status word on its colour: `good`, `busy`, `warn`, `bad`, or neutral."""
    if text in (None, ""):
        return blank()
    words = str(text).replace("_", " ")
    return format_html('<span class="bo-badge bo-badge--{}">{}</span>', tone or "plain", words)


def yes_no(value: bool | None) -> SafeString:
    """A plain yes or no."""
    if value is None:
        return blank()
    return format_html('<span class="{}">{}</span>', "" if value else "bo-blank", _word(value))


def _word(value: bool) -> str:
    return "yes" if value else "no"


def link(record: Model | None, text: Any = None) -> SafeString:
    """A link to the record's own page."""
    if record is None:
        return blank()
    return link_to(record._meta.app_label, record._meta.model_name or "", record.pk, text or record)


def link_to(app: str, model: str, key: Any, text: Any = None) -> SafeString:
    """A link to a record known by its id alone, as with records of a floor above."""
    if key in (None, ""):
        return blank()
    try:
        url = reverse(f"admin:{app}_{model}_change", args=[key])
    except NoReverseMatch:
        return format_html("{}", text or key)
    return format_html('<a class="bo-link" href="{}">{}</a>', url, text or key)


def data(value: Any) -> SafeString:
    """A JSON value, indented; nothing when it is empty."""
    if value in (None, "", [], {}):
        return blank()
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str, sort_keys=True)
    return format_html('<pre class="bo-data">{}</pre>', text)


def lines(value: str | None) -> SafeString:
    """Text that keeps its line breaks, such as a traceback."""
    if not value:
        return blank()
    return format_html('<pre class="bo-data">{}</pre>', value)
