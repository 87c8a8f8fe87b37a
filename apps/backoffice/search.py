"""Search across all domains: one term against every record that staff may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import admin
from django.http import HttpRequest
from unfold.dataclasses import SearchResult

from apps.core.staff.panels import page_of
from apps.core.staff.records import RecordAdmin

PER_KIND = 8
MIN_LENGTH = 2

# In the order in which support thinks: the person, the purchase, the money, the machinery.
SEARCHED = (
    "customers.customer",
    "subscriptions.subscription",
    "orders.order",
    "payments.payment",
    "payments.refund",
    "disputes.dispute",
    "checkouts.checkout",
    "license_keys.licensekey",
    "organizations.organization",
    "catalog.product",
    "payments.paymentmethod",
    "ledger.entry",
    "ledger.account",
    "processors.inboundevent",
    "events.event",
    "accounts.user",
    "organizations.accesstoken",
    "core.deadtask",
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that matches."""

    text: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind; `more` is the list with the same search, if there are more."""

    title: str
    icon: str
    hits: Sequence[Hit]
    more: str


def search_everywhere(request: HttpRequest, term: str) -> list[Group]:
    """Hits by kind, in the order of `SEARCHED`; one query for each kind that staff may see."""
    wanted = term.strip()
    if len(wanted) < MIN_LENGTH:
        return []
    by_label = {
        model._meta.label_lower: instance
        for model, instance in admin.site._registry.items()
        if isinstance(instance, RecordAdmin)
    }
    groups = (_group(by_label[label], request, wanted) for label in SEARCHED)
    return [group for group in groups if group.hits]


def command_results(request: HttpRequest, term: str) -> list[SearchResult]:
    """The same for the command palette of the top bar."""
    return [
        SearchResult(title=hit.text, description=group.title, link=hit.url, icon=group.icon)
        for group in search_everywhere(request, term)
        for hit in group.hits
    ]


def _group(instance: RecordAdmin, request: HttpRequest, term: str) -> Group:
    title = str(instance.opts.verbose_name_plural).capitalize()
    if not instance.has_view_permission(request):
        return Group(title, instance.icon, (), "")
    queryset, is_plural = instance.get_search_results(request, instance.get_queryset(request), term)
    if is_plural:
        queryset = queryset.distinct()
    rows = list(queryset.order_by("-pk")[: PER_KIND + 1])
    hits = [
        Hit(
            text=instance.title_of(row),
            note=str(getattr(row, "organization", "") or ""),
            url=page_of(row),
        )
        for row in rows[:PER_KIND]
    ]
    return Group(title, instance.icon, hits, _more(instance, term) if len(rows) > PER_KIND else "")


def _more(instance: RecordAdmin, term: str) -> str:
    from apps.core.staff.panels import listing

    return listing(instance.opts.app_label, instance.opts.model_name, q=term)
