"""Search across all domains: one term against every record that staff may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from apps.backoffice.finding import WAYS, Term, buyers_of
from apps.core.staff.panels import listing, page_of
from apps.core.staff.records import RecordAdmin
from apps.customers.models import Customer

PER_KIND = 8
MIN_LENGTH = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that matches."""

    text: str
    note: str
    url: str
    record: Model | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind; `more` is the list with the same search, if there are more."""

    title: str
    icon: str
    hits: Sequence[Hit]
    more: str


def search_everywhere(request: HttpRequest, term: str) -> list[Group]:
    """
    Hits by kind, in the order in which support thinks: person, purchase, money, machinery.

    Three queries at most for each kind that staff may see.
    """
    wanted = term.strip().replace("\x00", "")
    if len(wanted) < MIN_LENGTH:
        return []
    by_label = {
        model._meta.label_lower: instance
        for model, instance in admin.site._registry.items()
        if isinstance(instance, RecordAdmin)
    }
    meant = Term(wanted)
    buyers = buyers_of(meant, PER_KIND + 1)
    groups = (_group(by_label[label], request, meant, buyers) for label in WAYS)
    return [group for group in groups if group.hits]


def _group(
    instance: RecordAdmin, request: HttpRequest, term: Term, buyers: Sequence[UUID]
) -> Group:
    title = str(instance.opts.verbose_name_plural).capitalize()
    if not instance.has_view_permission(request):
        return Group(title, instance.icon, (), "")
    ways, limit = WAYS[instance.opts.label_lower], PER_KIND + 1
    found = (
        list(buyers)
        if buyers and instance.model is Customer
        else ways.found(instance.model, term, limit, buyers=buyers)
    )
    if not found:
        return Group(title, instance.icon, (), "")
    rows = instance.get_queryset(request).filter(pk__in=found[:PER_KIND]).order_by("-pk")
    hits = [
        Hit(
            text=instance.title_of(row),
            note=str(getattr(row, "organization", "") or ""),
            url=page_of(row),
            record=row,
        )
        for row in rows
    ]
    more = _more(instance, term.text) if len(found) > PER_KIND else ""
    return Group(title, instance.icon, hits, more)


def _more(instance: RecordAdmin, term: str) -> str:
    return listing(instance.opts.app_label, str(instance.opts.model_name), q=term)
