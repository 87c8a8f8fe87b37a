"""Tries to have payouts in a bank, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from apps.core.staff import columns
from apps.core.staff.panels import Panel, panel, table
from apps.core.staff.records import RecordAdmin
from apps.payouts.models import PayoutAttempt

ATTEMPT_TONES = {
    "pending": "busy",
    "in_transit": "busy",
    "succeeded": "good",
    "failed": "bad",
}
ATTEMPTS = (
    columns.column(str, "Attempt", kind="text"),
    columns.badge("status", ATTEMPT_TONES),
    columns.amount("amount"),
    columns.code("processor_id", "Provider id"),
    columns.text("failure_message", "Why it failed"),
    columns.when("created_at"),
    columns.when("arrival_at", "Arrives"),
)


@admin.register(PayoutAttempt)
class PayoutAttemptAdmin(RecordAdmin):
    """Tries to have a payout, or a part of it, in a bank."""

    icon = "sync_alt"
    has_timeline = False
    related = ("organization", "payout")
    search_hint = "po_…, payout number or id"
    search_fields = ("processor_id", "payout__invoice_number__iexact", "organization__slug")
    search_ids = ("id", "organization_id", "payout_id")
    list_filter = ("status", "currency", "created_at")
    list_display = (columns.link("payout"), *ATTEMPTS)
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Attempt",
            (
                columns.link("payout"),
                columns.badge("status", ATTEMPT_TONES),
                columns.amount("amount"),
                columns.code("processor_id", "Provider id"),
                "failure_code",
                "failure_message",
                columns.when("arrival_at", "Arrives"),
                columns.when("next_check_at", "Asked again"),
                "created_at",
                columns.code("id"),
            ),
        ),
    )


@panel("payouts.payout", position=10)
def attempts_of_payout(payout: Any, request: HttpRequest) -> Panel:
    """Every try, the first on top."""
    return table(
        "Attempts",
        payout.attempts.order_by("number"),
        ATTEMPTS,
        limit=50,
        empty="Nothing was sent to a bank yet.",
    )
