"""The list and the page of subscriptions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Min, Q, QuerySet
from django.http import HttpRequest

from apps.core.staff import columns, show
from apps.core.staff.records import RecordAdmin, as_uuid
from apps.orders.models import Order
from apps.subscriptions.admin import words
from apps.subscriptions.admin.filters import Merchant, Plan, Situation
from apps.subscriptions.admin.verbs import ACTIONS, SubscriptionVerbs
from apps.subscriptions.models import Subscription
from apps.subscriptions.recurring import recurring_of_organizations
from apps.subscriptions.selectors import dunning_orders

# Whose events are part of a subscription's timeline.
SHOWN_ORDERS = 20
# Groups of facts whose empty rows are left out.
SPARSE = ("Subscription", "Dates", "Data")


@admin.register(Subscription)
class SubscriptionAdmin(SubscriptionVerbs, RecordAdmin):
    """Who pays for what again and again, and what comes next."""

    icon = "autorenew"
    actions_list = ("retry_orders",)
    actions_detail = ACTIONS
    related = ("organization", "customer", "customer__organization", "product")
    search_hint = "E-mail, name, product, invoice number, organization or id"
    search_fields = (
        "customer__email__icontains",
        "customer__name__icontains",
        "product__name__icontains",
        "organization__slug",
    )
    search_ids = ("id", "organization_id", "customer_id", "product_id", "checkout_id")
    list_filter = (Situation, "status", Merchant, Plan, "currency", "recurring_interval")
    list_display = (
        columns.column(words.product_text, "Subscription", order="product__name", kind="text"),
        columns.badge("status", words.TONES),
        columns.link("customer"),
        columns.column(words.amount_text, "Amount", order="amount", kind="amount"),
        columns.column(words.share_text, "Monthly", kind="amount"),
        columns.column(words.next_text, "Next", kind="text"),
        words.when("current_period_end_at", "Period ends"),
        columns.link("organization"),
    )
    ordering = ("-created_at",)
    empty_text = "No subscriptions yet. The first sale of a recurring product will show up here."
    facts: ClassVar = (
        (
            "Subscription",
            (
                columns.badge("status", words.TONES),
                columns.column(words.next_text, "Next"),
                "organization",
                "customer",
                "product",
                columns.column(
                    lambda one: words.quantity_text(one) or show.blank(), "Seats or units"
                ),
                columns.link("discount"),
                columns.column(words.method_text, "Charged to", kind="link"),
                columns.code("id"),
                columns.column(
                    lambda one: show.link_to("checkouts", "checkout", one.checkout_id), "Checkout"
                ),
            ),
        ),
        (
            "Money",
            (
                columns.column(words.amount_text, "Amount", kind="amount"),
                columns.amount("net_amount", title="Net of tax"),
                columns.column(words.share_text, "Monthly", kind="amount"),
                columns.text("tax_behavior", "Tax"),
                columns.auto(Subscription, "is_tax_exempted"),
            ),
        ),
        (
            "Dates",
            (
                words.when("started_at", "Started"),
                words.when("current_period_start_at", "Period began"),
                words.when("current_period_end_at", "Period ends"),
                columns.text("anchor_day", "Day of the month"),
                words.when("trial_start_at", "Trial began"),
                words.when("trial_end_at", "Trial ends"),
                words.when("past_due_at", "Past due since"),
                words.when("paused_at", "Paused"),
                words.when("resumes_at", "Resumes"),
                words.when("canceled_at", "Canceled"),
                words.when("ends_at", "Ends"),
                words.when("ended_at", "Ended"),
                columns.column(
                    lambda one: words.word(one.cancellation_reason) or show.blank(), "Why it ended"
                ),
                columns.text("cancellation_comment", "In their words"),
            ),
        ),
        ("Data", ("metadata", "custom_field_data")),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Also the subscription that an invoice, a receipt or the id of an order belongs to."""
        found, is_plural = super().get_search_results(request, queryset, search_term)
        term = search_term.strip().replace("\x00", "")
        if not term:
            return found, is_plural
        key = as_uuid(term)
        wanted = Q(pk=key) if key else Q(invoice_number__iexact=term) | Q(receipt_number=term)
        orders = Order.objects.filter(wanted, subscription_id__isnull=False)
        by_order = queryset.filter(pk__in=orders.values("subscription_id")[:SHOWN_ORDERS])
        return found | by_order, is_plural

    def complete(self, rows: list[Any]) -> None:
        """Attach the next try of what is unpaid, and what the merchants have a month."""
        retries = dict(
            dunning_orders()
            .filter(subscription_id__in=[row.pk for row in rows])
            .order_by()
            .values_list("subscription_id")
            .annotate(at=Min("next_payment_attempt_at"))
        )
        totals = recurring_of_organizations(row.organization_id for row in rows)
        for row in rows:
            row.retries_at = retries.get(row.pk)
            row.merchant_monthly = totals.get((row.organization_id, row.currency), 0)

    def facts_of(self, record: Any) -> list[tuple[str, list[tuple[str, str, Any]]]]:
        """Without the dates and data that it does not have: most have few of them."""
        groups = [
            (title, [row for row in rows if title not in SPARSE or row[2] != show.blank()])
            for title, rows in super().facts_of(record)
        ]
        return [(title, rows) for title, rows in groups if rows]

    def title_of(self, record: Any) -> str:
        """Who has what."""
        return words.title_of(record)

    def subjects_of(self, record: Any) -> list[tuple[str, Any]]:
        """With its latest orders."""
        orders = Order.objects.filter(subscription_id=record.pk).order_by("-created_at")
        keys = orders.values_list("pk", flat=True)[:SHOWN_ORDERS]
        return [*super().subjects_of(record), *(("order", key) for key in keys)]
