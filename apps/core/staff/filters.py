"""Filters of lists that Django's own do not word well."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest


def presence(field: str, title: str, yes: str, no: str) -> type[admin.SimpleListFilter]:
    """Rows where `field` is set (`yes`) or null (`no`); the parameter is the field's name."""

    class Presence(admin.SimpleListFilter):
        parameter_name = field.removesuffix("_at")

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [("yes", yes), ("no", no)]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            if self.value() not in ("yes", "no"):
                return queryset
            return queryset.filter(**{f"{field}__isnull": self.value() == "no"})

    Presence.title = title
    return Presence
