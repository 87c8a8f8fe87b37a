"""Benefits: what they are made of, and bringing them to everybody anew."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin

from apps.benefits.admin.cells import TYPE
from apps.benefits.models import Benefit
from apps.benefits.operations import resync_benefit
from apps.core.origin import Origin
from apps.core.staff import columns, roles
from apps.core.staff.filters import presence
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb


@admin.register(Benefit)
class BenefitAdmin(RecordAdmin):
    """Benefits of all organizations."""

    icon = "card_giftcard"
    actions_detail = ("resync",)
    related = ("organization",)
    search_hint = "Description, organization or id"
    search_fields = ("description__icontains", "organization__slug")
    search_ids = ("id", "organization_id")
    list_filter = ("type", "visibility", presence("deleted_at", "Deleted", "deleted", "living"))
    list_display = (
        columns.text("description"),
        TYPE,
        columns.link("organization"),
        columns.text("visibility"),
        columns.when("deleted_at", "Deleted"),
        columns.when("created_at"),
    )
    ordering = ("-created_at", "-id")
    facts: ClassVar = (
        (
            "Benefit",
            (
                columns.text("description"),
                TYPE,
                columns.link("organization"),
                columns.text("visibility"),
                columns.code("id"),
                "created_at",
                "modified_at",
                columns.when("deleted_at", "Deleted"),
            ),
        ),
    )

    @verb(
        title="Re-sync",
        role=roles.SUPPORT,
        icon="sync",
        text="Everybody who has it gets it again as it is now, spread over a few minutes.",
        available=lambda benefit: benefit.deleted_at is None,
    )
    def resync(self, benefit: Benefit, data: dict[str, Any], origin: Origin) -> str:
        """Bring it to everybody anew."""
        resync_benefit(benefit_id=benefit.pk, origin=origin)
        return f"{benefit} is being brought to everybody who has it."
