"""How the queue of disputes is narrowed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.disputes.models import Dispute
from apps.organizations.models import Organization

MOST_ORGANIZATIONS = 100


class QueueFilter(admin.SimpleListFilter):
    """Open unless asked otherwise; whoever searches finds closed ones too."""

    title = "Queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The tabs."""
        return [("open", "Open"), ("closed", "Closed"), ("all", "All")]

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(request, *args)
        self.default = "all" if request.GET.get("q") else "open"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The disputes of the tab."""
        chosen = self.value() or self.default
        if chosen == "all":
            return queryset
        return queryset.filter(closed_at__isnull=chosen != "closed")

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The tabs, without one for no choice."""
        chosen = self.value() or self.default
        for value, title in self.lookup_choices:
            yield {
                "selected": chosen == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}, ["p"]),
                "display": title,
            }


class AssigneeFilter(admin.SimpleListFilter):
    """Whose work it is."""

    title = "Looked after by"
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Me, nobody, others."""
        return [("mine", "me"), ("nobody", "nobody"), ("others", "somebody else")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those disputes."""
        mine = {"assignee_id": request.user.pk}
        match self.value():
            case "mine":
                return queryset.filter(**mine)
            case "nobody":
                return queryset.filter(assignee=None)
            case "others":
                return queryset.exclude(**mine).exclude(assignee=None)
        return queryset


class OrganizationFilter(admin.SimpleListFilter):
    """The merchants that have disputes."""

    title = "Organization"
    parameter_name = "organization"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """By name."""
        disputed = Organization.objects.filter(pk__in=Dispute.objects.values("organization_id"))
        listed = disputed.order_by("name").values_list("pk", "name")[:MOST_ORGANIZATIONS]
        return [(str(key), name) for key, name in listed]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Theirs; nothing for an id that is none of them."""
        value = self.value()
        if value is None:
            return queryset
        known = {key for key, _ in self.lookup_choices}
        return queryset.filter(organization_id=value) if value in known else queryset.none()
