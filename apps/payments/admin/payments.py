"""Payments and payment methods, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, latest, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.payments.models import ChargeAttempt, Payment, PaymentMethod
from apps.payments.operations import ask_again, plan_ask_again

TONES = {"pending": "busy", "succeeded": "good", "failed": "bad"}
ATTEMPT_TONES = {"open": "warn", "succeeded": "good", "failed": "bad"}
RISK_TONES = {"elevated": "warn", "highest": "bad", "normal": "plain"}


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
        columns.badge("status", ATTEMPT_TONES),
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
                columns.badge("status", ATTEMPT_TONES),
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


for place, field, position, empty in (
    ("orders.order", "order", 50, "No payment."),
    ("checkouts.checkout", "checkout_id", 50, "No payment was tried."),
    ("customers.customer", "customer", 20, "No payments yet."),
):
    latest(place, Payment, field, BRIEF, title="Payments", position=position, empty=empty)

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
            columns.badge("status", ATTEMPT_TONES),
            columns.text("trigger"),
            columns.column(lambda one: card(one.payment_method), "Method", kind="text"),
            columns.text("failure_message", "Failure"),
            columns.code("intent_id", "Payment intent", tail=True),
            columns.when("created_at"),
            columns.when("next_check_at", "Next check"),
        ),
    )
    return found if found.rows else None
