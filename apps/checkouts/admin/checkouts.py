"""Checkout sessions, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.checkouts.models import Checkout
from apps.core.staff import columns, show
from apps.core.staff.panels import Panel, latest, panel, table
from apps.core.staff.records import RecordAdmin

TONES = {"open": "busy", "confirmed": "warn", "succeeded": "good", "failed": "bad"}


def _tail(checkout: Checkout) -> str:
    return f"…{str(checkout.pk)[-8:]}"


def _buyer(checkout: Checkout) -> Any:
    return checkout.customer_email or show.blank()


def _order(checkout: Checkout) -> SafeString:
    order = getattr(checkout, "made_order", None)
    return show.link(order)


BRIEF = (
    columns.column(_tail, "Checkout", kind="mono"),
    columns.badge("status", TONES),
    columns.amount("total_amount"),
    columns.column(_buyer, "Buyer"),
    columns.when("created_at"),
)


@admin.register(Checkout)
class CheckoutAdmin(RecordAdmin):
    """One buyer's way from a product to a payment."""

    icon = "shopping_cart_checkout"
    related = ("organization", "product", "customer", "discount", "subscription", "link")
    search_hint = "E-mail, name, pi_… or id"
    search_fields = (
        "customer_email__icontains",
        "customer_name__icontains",
        "external_customer_id",
        "intent_id",
        "client_secret",
        "organization__slug",
        "product__name__icontains",
    )
    search_ids = ("id", "organization_id", "product_id", "customer_id")
    list_filter = ("status", "currency", "created_at")
    list_display = (
        columns.column(_tail, "Checkout", kind="mono"),
        columns.badge("status", TONES),
        columns.column(
            lambda checkout: show.amount(checkout.total_amount, checkout.currency),
            "Total",
            order="net_amount",
            kind="amount",
        ),
        columns.link("product"),
        columns.column(_buyer, "Buyer", order="customer_email"),
        columns.link("organization"),
        columns.text("attempt_count", "Tries"),
        columns.when("created_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Checkout",
            (
                columns.badge("status", TONES),
                columns.code("id"),
                "organization",
                "product",
                "created_at",
                "opened_at",
                "confirmed_at",
                "succeeded_at",
                "expires_at",
            ),
        ),
        (
            "What is bought",
            (
                columns.text("seats", "Seats"),
                columns.text("units", "Units"),
                columns.link("discount"),
                columns.when("trial_end_at", "Trial ends"),
                columns.link("subscription"),
                columns.link("link", "Made from"),
            ),
        ),
        (
            "Amounts",
            (
                columns.amount("amount", title="Amount"),
                columns.amount("discount_amount"),
                columns.amount("net_amount"),
                columns.amount("tax_amount"),
                "tax_behavior",
                columns.amount("total_amount"),
            ),
        ),
        (
            "Buyer",
            (
                "customer",
                columns.text("customer_email", "E-mail"),
                columns.text("customer_name", "Name"),
                columns.text("customer_billing_name", "Billing name"),
                columns.parts("customer_billing_address", "Billing address"),
                columns.parts("customer_tax_id", "Tax id"),
                columns.code("external_customer_id", "External id"),
                columns.text("customer_ip_address", "IP address"),
                columns.text("customer_user_agent", "Browser"),
                "locale",
            ),
        ),
        (
            "Payment",
            (
                columns.text("intent_kind", "Asked for"),
                columns.code("intent_id", "Intent"),
                columns.text("intent_status", "Intent status"),
                columns.text("payment_method_type", "Method"),
                columns.text("attempt_count", "Tries"),
                columns.text("failure_message", "Last failure"),
                "success_url",
                "metadata",
                "custom_field_data",
            ),
        ),
    )


for place, field in (("customers.customer", "customer"), ("catalog.product", "product")):
    latest(place, Checkout, field, BRIEF, title="Checkouts", position=40, empty="No checkouts.")


@panel("orders.order", position=60)
def checkout_of_order(order: Any, request: HttpRequest) -> Panel | None:
    """The checkout an order came from."""
    return _origin_of(order)


@panel("subscriptions.subscription", position=65)
def checkout_of_subscription(subscription: Any, request: HttpRequest) -> Panel | None:
    """The checkout a subscription came from, or was last upgraded by."""
    return _origin_of(subscription)


def _origin_of(sold: Any) -> Panel | None:
    if sold.checkout_id is None:
        return None
    return table("Checkout", Checkout.objects.filter(pk=sold.checkout_id), BRIEF)
