"""
The command palette: pages, records, and what may be done with the record that was found.

`jane@example.com` finds her and lists her verbs; `merge jane@example.com` her verbs that are
called so. Choosing one opens its dialog on the page of the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from apps.backoffice.search import Group, Hit, search_everywhere
from apps.core.staff.records import RecordAdmin

# With more hits nobody knows yet which record is meant.
FEW: Final = 3
# The part of an address that opens a dialog: see static/js/backoffice.js.
OPENING: Final = "#do="


def command_results(request: HttpRequest, term: str) -> list[SearchResult]:
    """Pages of this name, records that match, and their verbs where they are few."""
    groups = search_everywhere(request, term)
    found = [*_pages(request, term), *_shown(groups)]
    hits = _hits(groups)
    if 0 < len(hits) <= FEW:
        found += [one for hit in hits for one in _verbs(request, hit, "")]
    elif not hits:
        found += _spoken(request, term)
    return [*found, *_general_verbs(request, term)]


def _shown(groups: Sequence[Group]) -> list[SearchResult]:
    return [
        SearchResult(title=hit.text, description=group.title, link=hit.url, icon=group.icon)
        for group in groups
        for hit in group.hits
    ]


def _hits(groups: Sequence[Group]) -> list[Hit]:
    """The records of the first kind that has any: what is meant, before what belongs to it."""
    return list(groups[0].hits) if groups else []


def _spoken(request: HttpRequest, term: str) -> Iterator[SearchResult]:
    """A verb and what it is done to, in either order."""
    words = term.split()
    if len(words) < 2:
        return
    for verb, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
        groups = search_everywhere(request, " ".join(rest))
        for hit in _hits(groups)[:FEW]:
            yield from _verbs(request, hit, verb)


def _verbs(request: HttpRequest, hit: Hit, called: str) -> Iterator[SearchResult]:
    """What the user may do with a record now, as far as it is `called` so."""
    if hit.record is None:
        return
    instance: Any = admin.site._registry[type(hit.record)]
    for one in instance.get_actions_detail(request, hit.record.pk):
        if called.lower() in str(one.description).lower():
            address = reverse(f"admin:{one.action_name}", args=[hit.record.pk])
            yield SearchResult(
                title=f"{one.description}: {hit.text}",
                description=str(instance.opts.verbose_name),
                link=f"{hit.url}{OPENING}{address}",
                icon=one.icon or "bolt",
            )


def _general_verbs(request: HttpRequest, term: str) -> Iterator[SearchResult]:
    """What is done from a list."""
    wanted = term.strip().lower()
    for instance in admin.site._registry.values():
        if not isinstance(instance, RecordAdmin) or not instance.has_view_permission(request):
            continue
        for one in instance.get_actions_list(request):
            if wanted in str(one.description).lower():
                yield SearchResult(
                    title=str(one.description),
                    description=str(instance.opts.verbose_name_plural),
                    link=f"{instance.address_after(None)}{OPENING}"
                    f"{reverse(f'admin:{one.action_name}')}",
                    icon=one.icon or "bolt",
                )


def _pages(request: HttpRequest, term: str) -> Iterator[SearchResult]:
    """Where the navigation leads that is not a list of records, which the palette knows anyway."""
    wanted = term.strip().lower()
    for group in settings.UNFOLD["SIDEBAR"]["navigation"]:
        for item in group["items"]:
            may = item.get("permission")
            is_list = may is not None
            if not is_list and wanted in str(item["title"]).lower():
                yield SearchResult(
                    title=str(item["title"]),
                    description=str(group.get("title", "Page")),
                    link=str(item["link"]),
                    icon=item["icon"],
                )
