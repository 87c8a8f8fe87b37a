"""Payment methods, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.staff import columns, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import latest
from apps.core.staff.records import RecordAdmin
from apps.payments.models import PaymentMethod


def card(record: Any) -> SafeString:
    """Brand and last four, or the kind of method; blank where there is none."""
    if record is None:
        return show.blank()
    data = record.method_metadata or {}
    if not data.get("last4"):
        return format_html("{}", getattr(record, "method", None) or getattr(record, "type", ""))
    return format_html(
        '{} <span class="bo-mono">•••• {}</span>',
        str(data.get("brand", "card")).capitalize(),
        data["last4"],
    )


@admin.register(PaymentMethod)
class PaymentMethodAdmin(RecordAdmin):
    """Cards and accounts saved for customers."""

    icon = "wallet"
    related = ("organization", "customer")
    search_hint = "E-mail, last four, pm_…, fingerprint or id"
    search_fields = (
        "customer__email__icontains",
        "processor_id",
        "fingerprint",
        "method_metadata__last4",
        "organization__slug",
    )
    search_ids = ("id", "organization_id", "customer_id")
    list_filter = ("type", presence("deleted_at", "Deleted", "deleted", "living"))
    list_display = (
        columns.column(card, "Method", kind="text"),
        columns.link("customer"),
        columns.link("organization"),
        columns.code("processor_id", "Provider id", tail=True),
        columns.when("created_at"),
        columns.when("deleted_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Payment method",
            (
                columns.column(card, "Method"),
                "type",
                "customer",
                "organization",
                columns.code("id"),
                columns.code("processor_id", "Provider id"),
                columns.code("fingerprint"),
                "created_at",
                "deleted_at",
            ),
        ),
        ("Data", ("method_metadata",)),
    )


latest(
    "customers.customer",
    PaymentMethod,
    "customer",
    (
        columns.column(card, "Method", kind="text"),
        columns.code("processor_id", "Provider id", tail=True),
        columns.when("created_at"),
        columns.when("deleted_at"),
    ),
    title="Payment methods",
    position=30,
    empty="None saved.",
)
