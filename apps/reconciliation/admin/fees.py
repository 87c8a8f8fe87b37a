"""What people have said that fees are for."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from apps.core.staff import columns
from apps.core.staff.records import RecordAdmin
from apps.reconciliation.models import FeeRule


@admin.register(FeeRule)
class FeeRuleAdmin(RecordAdmin):
    """Words by which fees are known; made by classifying one."""

    icon = "label"
    related = ("author",)
    search_hint = "Words of a description"
    search_fields = ("pattern__icontains",)
    list_filter = ("fee_type", "created_at")
    list_display = (
        columns.text("pattern", "Contains"),
        columns.text("fee_type", "Is for"),
        columns.link("author"),
        columns.when("created_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Rule",
            (
                columns.text("pattern", "Contains"),
                columns.text("fee_type", "Is for"),
                columns.link("author"),
                "created_at",
                "modified_at",
            ),
        ),
    )
