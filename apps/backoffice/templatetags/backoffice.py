"""What the templates of the staff site ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.db.models import Model, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from apps.backoffice.listing import ListPage, build_list_page
from apps.backoffice.saved import saved_filters
from apps.backoffice.timeline import shown_changes
from apps.core.staff import show
from apps.core.staff.tones import OUTCOME_TONES
from apps.events.models import Event
from apps.invariants.words import OUTCOME_TONES as CHECK_TONES
from apps.ledger.claims import Claim

register = template.Library()

TIMELINE_LIMIT = 50


@register.simple_tag
def list_page(listing: Any) -> ListPage:
    """The headers, rows, filters and pages of a list."""
    return build_list_page(listing)


@register.simple_tag
def saved_for(request: HttpRequest, opts: Any) -> dict[str, Any]:
    """The list, as `app_model`, and the filters that the user keeps for it."""
    name = f"{opts.app_label}_{opts.model_name}"
    return {"listing": name, "filters": saved_filters(request, name)}


@register.filter
def list_address(name: str) -> str:
    """The address of the list of `app_model`."""
    return reverse(f"admin:{name}_changelist")


@register.simple_tag
def timeline(
    subjects: Sequence[tuple[str, Any]], record: Model
) -> list[tuple[Event, list[tuple[str, Any, Any]]]]:
    """The latest events about the subjects (kind, id) of a record's page, with their changes."""
    wanted = Q(pk__in=[])
    for kind, key in subjects:
        wanted |= Q(subject_type=kind, subject_id=str(key))
    events = Event.objects.filter(wanted).order_by("-at", "-id")[:TIMELINE_LIMIT]
    return [(event, shown_changes(event, record)) for event in events]


@register.filter
def moment(value: datetime | None) -> SafeString:
    """A time in UTC with its distance."""
    return show.time(value)


@register.simple_tag
def moment_from(value: datetime | None, now: datetime) -> SafeString:
    """A time in UTC with its distance to `now`, a test clock's time."""
    return show.time(value, now)


@register.simple_tag
def distance(value: datetime, now: datetime) -> str:
    """How far a time is from `now`."""
    return show.relative(value, now)


@register.filter
def ago(value: datetime) -> str:
    """How long ago a time was."""
    return show.relative(value)


@register.simple_tag
def record(found: Model | None, text: Any) -> SafeString:
    """A link to a record's page."""
    return show.link(found, text)


@register.simple_tag
def claimed(claim: Claim) -> SafeString:
    """A link to what claims money, by the noun of its kind."""
    app, model = claim.model.split(".")
    return show.link_to(app, model, claim.key, f"{claim.kind} …{str(claim.key)[-8:]}")


@register.filter
def brief_reference(value: str) -> str:
    """The reference of an entry by its kind and the end of what it names."""
    kind, colon, rest = value.partition(":")
    return f"{kind}{colon}…{rest[-12:]}" if len(rest) > 12 else value


@register.filter
def spaced(value: str) -> str:
    """`insufficient_funds` as words."""
    return value.replace("_", " ")


@register.filter
def negated(value: int) -> int:
    """The amount as one that is taken off."""
    return -value


@register.filter
def money(value: int | None, currency: str) -> SafeString:
    """Minor units with their currency sign."""
    return show.amount(value, currency)


@register.filter
def percent(value: float | None) -> str | SafeString:
    """A part of one as `12.5 %`."""
    return show.blank() if value is None else f"{value * 100:.1f} %"


@register.filter
def span(value: timedelta) -> str:
    """A period in its largest unit."""
    return show.duration(value)


@register.filter
def seconds(value: timedelta | None) -> str | SafeString:
    """How long something took."""
    return show.blank() if value is None else f"{value.total_seconds():.2f} s"


@register.filter
def outcome(value: str) -> SafeString:
    """How a run ended, in its colour."""
    return show.badge(value, OUTCOME_TONES.get(value, "busy"))


@register.filter
def check_state(value: str) -> SafeString:
    """How a check stands, in its colour."""
    return show.badge({"ok": "holds", "new": "never ran"}.get(value, value), CHECK_TONES[value])
