"""Charges without the buyer, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from apps.core.origin import Origin
from apps.core.staff import columns, roles
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.payments.admin.methods import card
from apps.payments.models import ChargeAttempt
from apps.payments.operations import ask_again, plan_ask_again

TONES = {"open": "warn", "succeeded": "good", "failed": "bad"}


@admin.register(ChargeAttempt)
class ChargeAttemptAdmin(RecordAdmin):
    """Charges without the buyer: what was asked, and what became of it."""

    icon = "sync_problem"
    related = ("organization", "order", "payment_method")
    search_hint = "Invoice number, pi_…, key or id"
    search_fields = (
        "intent_id",
        "key",
        "order__invoice_number__iexact",
        "organization__slug",
    )
    search_ids = ("id", "organization_id", "order_id")
    list_filter = (
        "status",
        presence("next_check_at", "Looked after", "by the sweep", "no more"),
        "kind",
        "trigger",
        "created_at",
    )
    list_display = (
        columns.column(lambda one: f"…{str(one.pk)[-8:]}", "Attempt", kind="mono"),
        columns.badge("status", TONES),
        columns.link("order"),
        columns.text("failure_message", "Failure"),
        columns.link("organization"),
        columns.when("created_at"),
        columns.when("next_check_at", "Next check"),
    )
    ordering = ("-created_at",)
    actions_detail = ("ask_again",)
    facts: ClassVar = (
        (
            "Charge attempt",
            (
                columns.badge("status", TONES),
                "kind",
                "trigger",
                "order",
                "organization",
                columns.link("payment_method"),
                columns.code("id"),
                columns.code("intent_id", "Payment intent"),
                columns.code("key", "Idempotency key"),
                "created_at",
                columns.when("next_check_at", "Next check"),
            ),
        ),
        (
            "Failure",
            (
                columns.text("failure_code", "Code"),
                columns.text("failure_message", "Message"),
            ),
        ),
        ("Data", ("request",)),
    )

    def subjects_of(self, record: Any) -> list[tuple[str, Any]]:
        """With the order it was to charge."""
        return [*super().subjects_of(record), ("order", record.order_id)]

    @verb(
        title="Ask Stripe again",
        role=roles.FINANCE,
        icon="sync",
        available=lambda attempt: (
            attempt.status == ChargeAttempt.Status.OPEN and attempt.next_check_at is None
        ),
        plan=lambda attempt, data, origin: plan_ask_again(attempt_id=attempt.pk),
    )
    def ask_again(self, attempt: ChargeAttempt, data: dict[str, Any], origin: Origin) -> str:
        """Settle a charge whose outcome is unknown by what the processor says now."""
        settled = ask_again(attempt_id=attempt.pk, agreed=data["agreed"], origin=origin)
        return f"The charge has {settled.status}."


@panel("orders.order", position=55)
def attempts_of_order(order: Any, request: HttpRequest) -> Panel | None:
    """Charges without the buyer; an open one's outcome is not known yet."""
    found = table(
        "Charge attempts",
        ChargeAttempt.objects.filter(order=order)
        .select_related("payment_method")
        .order_by("-created_at"),
        (
            columns.column(lambda one: f"…{str(one.pk)[-8:]}", "Attempt", kind="mono"),
            columns.badge("status", TONES),
            columns.text("trigger"),
            columns.column(lambda one: card(one.payment_method), "Method", kind="text"),
            columns.text("failure_message", "Failure"),
            columns.code("intent_id", "Payment intent", tail=True),
            columns.when("created_at"),
            columns.when("next_check_at", "Next check"),
        ),
    )
    return found if found.rows else None
