"""Payments, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.staff import columns, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import latest
from apps.core.staff.records import RecordAdmin
from apps.payments.admin.methods import card
from apps.payments.models import Payment

TONES = {"pending": "busy", "succeeded": "good", "failed": "bad"}
RISK_TONES = {"elevated": "warn", "highest": "bad", "normal": "plain"}


def _outcome(payment: Payment) -> SafeString:
    """The status, and under it why the charge was declined."""
    status = show.badge(payment.status, TONES.get(payment.status, ""))
    reason = (payment.decline_reason or "").replace("_", " ")
    if payment.unclaimed_at is not None:
        reason = "money without an order"
    return format_html('{}<div class="bo-tile-note">{}</div>', status, reason) if reason else status


BRIEF = (
    columns.column(card, "Method", kind="text"),
    columns.badge("status", TONES),
    columns.amount("amount", title="Amount"),
    columns.text("decline_reason", "Declined"),
    columns.code("processor_id", "Provider id"),
    columns.when("created_at"),
)

FAILURE = (
    columns.column(card, "Method", kind="text"),
    columns.amount("amount", title="Amount"),
    columns.text("decline_reason", "Declined"),
    columns.link("customer"),
    columns.when("created_at"),
)


@admin.register(Payment)
class PaymentAdmin(RecordAdmin):
    """Attempts to take money, as the processor reports them."""

    icon = "credit_card"
    related = ("organization", "customer", "order")
    search_hint = "E-mail, ch_… or pi_…, last four, invoice number or id"
    search_fields = (
        "email__icontains",
        "customer__email__icontains",
        "processor_id",
        "intent_id",
        "method_metadata__last4",
        "order__invoice_number__iexact",
        "organization__slug",
    )
    search_ids = ("id", "organization_id", "customer_id", "order_id", "checkout_id")
    list_filter = (
        "status",
        "currency",
        presence("booked_at", "Booked", "in the ledger", "not yet"),
        presence("unclaimed_at", "Purpose", "money without an order", "for an order"),
        "risk_level",
        "trigger",
        "created_at",
    )
    list_display = (
        columns.column(card, "Method", kind="text"),
        columns.column(_outcome, "Status", order="status", kind="status"),
        columns.amount("amount", title="Amount"),
        columns.link("customer"),
        columns.link("order"),
        columns.link("organization"),
        columns.when("created_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Payment",
            (
                columns.badge("status", TONES),
                columns.amount("amount", title="Amount"),
                columns.column(card, "Method"),
                columns.code("id"),
                columns.code("processor_id", "Provider id"),
                columns.code("intent_id", "Payment intent"),
                "trigger",
                "created_at",
                columns.when("booked_at", "In the books"),
                columns.when("unclaimed_at", "Without an order since"),
                columns.text("unclaimed_reason", "Why without an order"),
            ),
        ),
        (
            "For",
            (
                "organization",
                "customer",
                columns.text("email", "E-mail"),
                "order",
                columns.column(
                    lambda payment: show.link_to("checkouts", "checkout", payment.checkout_id),
                    "Checkout",
                ),
            ),
        ),
        (
            "Risk",
            (
                columns.text("decline_reason", "Decline reason"),
                columns.text("decline_message", "Decline message"),
                columns.badge("risk_level", RISK_TONES),
                columns.text("risk_score", "Risk score"),
            ),
        ),
        ("Data", ("method_metadata", "processor_metadata")),
    )

    def subjects_of(self, record: Any) -> list[tuple[str, Any]]:
        """With what it was made for."""
        purposes = [("order", record.order_id), ("checkout", record.checkout_id)]
        return [*super().subjects_of(record), *((kind, key) for kind, key in purposes if key)]


for place, field, position, empty in (
    ("orders.order", "order", 50, "No payment."),
    ("checkouts.checkout", "checkout_id", 50, "No payment was tried."),
    ("customers.customer", "customer", 20, "No payments yet."),
):
    latest(place, Payment, field, BRIEF, title="Payments", position=position, empty=empty)
