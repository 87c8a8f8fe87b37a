"""Custom fields, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from apps.catalog.field_selectors import attached_rows
from apps.catalog.models import CustomField
from apps.catalog.operations import delete_custom_field
from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb


def _products(field: CustomField) -> SafeString:
    attached = field.attachments.select_related("product").order_by("product_id")
    pages = ((show.link(one.product),) for one in attached)
    return format_html_join(", ", "{}", pages) or show.blank()


@admin.register(CustomField)
class CustomFieldAdmin(RecordAdmin):
    """What merchants ask their buyers."""

    icon = "quiz"
    actions_detail = ("withdraw",)
    related = ("organization",)
    search_hint = "Name, slug, organization or id"
    search_fields = ("name__icontains", "slug__icontains", "organization__slug")
    search_ids = ("id", "organization_id")
    list_filter = ("type", presence("deleted_at", "Deleted", "deleted", "living"), "created_at")
    list_display = (
        columns.text("name"),
        columns.code("slug"),
        columns.text("type"),
        columns.link("organization"),
        columns.when("created_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Custom field",
            (
                "name",
                columns.code("slug"),
                columns.text("type"),
                columns.column(_products, "Asked by"),
                "organization",
                columns.code("id"),
                "properties",
                "metadata",
                "created_at",
                "modified_at",
                "deleted_at",
            ),
        ),
    )

    @verb(
        title="Delete",
        role=roles.SUPPORT,
        icon="delete",
        is_danger=True,
        text="No product asks it any more and its slug is free. What was answered stays.",
        available=lambda field: field.deleted_at is None,
    )
    def withdraw(self, field: CustomField, data: dict[str, Any], origin: Origin) -> str:
        """Have nobody asked any more."""
        delete_custom_field(field_id=field.pk, origin=origin)
        return f"{field} is deleted."


@panel("catalog.product", position=30)
def questions_of_product(product: Any, request: HttpRequest) -> Panel:
    """What the buyers of a product are asked."""
    return table(
        "Custom fields",
        attached_rows().filter(product=product),
        (
            columns.link("field", "Field"),
            columns.code("field__slug", "Slug"),
            columns.text("field__type", "Type"),
            columns.column(lambda one: show.yes_no(one.is_required), "Required"),
        ),
        empty="Asks nothing.",
    )
