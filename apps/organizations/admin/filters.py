"""How the list of merchants is narrowed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from apps.organizations.models import OrganizationReview

ALL: Final = "all"
# Whoever is gone stands in tabs of their own.
GONE: Final = ("denied", "blocked", "offboarded")
TABS: Final = (
    "active",
    "review",
    "snoozed",
    "created",
    "offboarding",
    "offboarded",
    "denied",
    "blocked",
)


class StatusTabs(admin.SimpleListFilter):
    """By status; all but those that are gone, unless somebody searches."""

    title = "Status"
    parameter_name = "tab"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(request, *args)
        self.is_search = bool(request.GET.get("q"))

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The tabs."""
        return [(ALL, "All"), *((one, one.capitalize()) for one in TABS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The organizations of the tab."""
        chosen = self.value() or ALL
        if chosen in TABS:
            return queryset.filter(status=chosen)
        return queryset if self.is_search else queryset.exclude(status__in=GONE)

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The tabs, without one for no choice."""
        chosen = self.value() or ALL
        for value, title in self.lookup_choices:
            yield {
                "selected": chosen == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}, ["p"]),
                "display": title,
            }


class DeletedFilter(admin.SimpleListFilter):
    """Without the deleted ones, unless asked for; whoever searches finds them too."""

    title = "Deleted"
    parameter_name = "deleted"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(request, *args)
        self.default = "include" if request.GET.get("q") else "exclude"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Without, with, alone."""
        return [("exclude", "excluded"), ("include", "included"), ("only", "only")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those organizations."""
        match self.value() or self.default:
            case "include":
                return queryset
            case "only":
                return queryset.filter(deleted_at__isnull=False)
        return queryset.filter(deleted_at=None)


class AppealFilter(admin.SimpleListFilter):
    """By their appeal."""

    title = "Appeal"
    parameter_name = "appeal"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Waiting, answered, none."""
        return [("pending", "pending"), ("reviewed", "reviewed"), ("none", "none")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those organizations."""
        appealed = OrganizationReview.objects.filter(
            organization=OuterRef("pk"), appeal_submitted_at__isnull=False
        )
        match self.value():
            case "pending":
                return queryset.filter(Exists(appealed.filter(appeal_decision=None)))
            case "reviewed":
                return queryset.filter(Exists(appealed.filter(appeal_decision__isnull=False)))
            case "none":
                return queryset.filter(~Exists(appealed))
        return queryset
