"""Re-syncs, and how far they have come."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from apps.benefits.admin.cells import BENEFIT, CUSTOMER, RESYNC, STATE
from apps.benefits.models import BenefitGrant, Resync
from apps.benefits.selectors import count_left
from apps.core.staff import columns
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, panel, table
from apps.core.staff.records import RecordAdmin


@admin.register(Resync)
class ResyncAdmin(RecordAdmin):
    """Every edit of a benefit that was brought to those who have it."""

    icon = "sync"
    related = ("organization", "benefit")
    search_hint = "Benefit or id"
    search_fields = ("benefit__description__icontains",)
    search_ids = ("id", "benefit_id", "organization_id")
    list_filter = (presence("finished_at", "Finished", "finished", "under way"), "created_at")
    list_display = (BENEFIT, columns.link("organization"), *RESYNC)
    ordering = ("-created_at", "-id")
    facts: ClassVar = (
        (
            "Re-sync",
            (columns.link("benefit"), columns.link("organization"), *RESYNC, columns.code("id")),
        ),
    )

    def complete(self, rows: list[Any]) -> None:
        """With how far each has come."""
        count_left(rows)

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """With how far it has come."""
        found = super().get_object(request, object_id, from_field)
        if found is not None and not hasattr(found, "left"):
            count_left([found])
        return found


@panel("benefits.resync", position=10)
def progress_of(resync: Resync, request: HttpRequest) -> Panel:
    """Asks again until it is done."""
    return Panel(title="Progress", template="benefits/resync.html", body=resync)


@panel("benefits.resync", position=20)
def left(resync: Resync, request: HttpRequest) -> Panel:
    """What is still to be done."""
    rows = BenefitGrant.objects.filter(resync=resync).order_by("next_attempt_at", "id")
    return table(
        "Still to come",
        rows.select_related("customer", "benefit"),
        (CUSTOMER, STATE, columns.when("next_attempt_at", "Next try")),
        empty="Nothing: everybody was come to.",
    )
