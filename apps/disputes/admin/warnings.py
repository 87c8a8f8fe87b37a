"""The networks' warnings of fraud, for staff: on payments and orders, and in a list."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from apps.core.staff import columns, show
from apps.core.staff.panels import Panel, panel, table
from apps.core.staff.records import RecordAdmin
from apps.disputes.models import EarlyFraudWarning


def _actionable(warning: EarlyFraudWarning) -> Any:
    if not warning.is_actionable:
        return show.badge("settled", "plain")
    return show.badge("a refund would prevent a dispute", "bad")


def _kind(warning: EarlyFraudWarning) -> str:
    return warning.fraud_type.replace("_", " ")


KIND = columns.column(_kind, "Kind", order="fraud_type", kind="text")
STATE = columns.column(_actionable, "State", order="is_actionable", kind="status")
BRIEF = (
    columns.code("processor_id", "Warning"),
    STATE,
    KIND,
    columns.when("received_at"),
)


@admin.register(EarlyFraudWarning)
class EarlyFraudWarningAdmin(RecordAdmin):
    """Payments that a card network takes for fraud."""

    icon = "warning"
    has_timeline = True
    related = ("organization", "payment")
    search_hint = "issfr_…, ch_… or id"
    search_fields = ("processor_id", "payment__processor_id", "organization__slug")
    search_ids = ("id", "organization_id", "payment_id")
    list_filter = ("is_actionable", "fraud_type", "received_at")
    list_display = (
        columns.code("processor_id", "Warning"),
        STATE,
        KIND,
        columns.link("payment"),
        columns.link("organization"),
        columns.when("received_at"),
    )
    ordering = ("-received_at",)
    facts: ClassVar = (
        (
            "Warning",
            (
                STATE,
                KIND,
                columns.link("payment"),
                "organization",
                columns.code("processor_id", "Provider id"),
                columns.when("received_at"),
                columns.code("id"),
            ),
        ),
    )


def _panel_of(label: str, field: str, position: int) -> None:
    @panel(label, position=position)
    def source(record: Any, request: HttpRequest) -> Panel | None:
        rows = EarlyFraudWarning.objects.filter(**{field: record.pk}).order_by("-received_at")
        found = table("Warnings of fraud", rows, BRIEF)
        return found if found.rows else None


_panel_of("payments.payment", "payment", 5)
_panel_of("orders.order", "payment__order", 5)
_panel_of("disputes.dispute", "payment__disputes", 5)
