"""What a subscription's page shows below its facts, and where subscriptions show elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from apps.core.staff import columns, roles, show
from apps.core.staff.panels import Panel, latest, listing, panel, table
from apps.orders.admin import TONES as ORDER_TONES
from apps.orders.models import Order
from apps.payments.admin import BRIEF as PAYMENT_BRIEF
from apps.payments.models import Payment
from apps.subscriptions.admin import words
from apps.subscriptions.admin.outlook import dunning_steps, in_order
from apps.subscriptions.forms import RETRIED_AT_ONCE
from apps.subscriptions.models import BillingEntry, Subscription
from apps.subscriptions.selectors import prices_of

BRIEF = (
    columns.column(words.product_text, "Subscription", kind="text"),
    columns.badge("status", words.TONES),
    columns.column(words.amount_text, "Amount", kind="amount"),
    columns.link("customer"),
    words.when("current_period_end_at", "Period ends"),
    columns.when("started_at", "Started"),
)


@panel("subscriptions.subscription", position=20)
def prices_of_subscription(subscription: Any, request: HttpRequest) -> Panel:
    """What the subscriber pays for, at the prices they were given."""
    return table(
        "Prices",
        prices_of(subscription),
        (
            columns.column(lambda one: one.price.kind.replace("_", " "), "Price", kind="text"),
            columns.column(
                lambda one: show.amount(one.amount, subscription.currency), "Amount", kind="amount"
            ),
            columns.column(_price_state, "In the catalog", kind="text"),
        ),
        note="Kept as agreed: edits of the product change nothing here.",
    )


def _price_state(one: Any) -> str:
    return "archived" if one.price.archived_at else "sold at this price"


@panel("subscriptions.subscription", position=30)
def orders_of_subscription(subscription: Any, request: HttpRequest) -> Panel:
    """What it was billed for, the latest first."""
    pending = Order.objects.filter(subscription_id=subscription.pk, status=Order.Status.PENDING)
    unpaid = list(pending.values_list("pk", flat=True)[:RETRIED_AT_ONCE])
    rows = Order.objects.filter(subscription_id=subscription.pk).order_by("-created_at", "-id")
    return table(
        "Orders",
        rows.select_related("organization"),
        (
            columns.column(str, "Order", kind="mono"),
            columns.badge("status", ORDER_TONES),
            columns.column(
                lambda one: one.billing_reason.removeprefix("subscription_").replace("_", " "),
                "For",
                kind="text",
            ),
            columns.column(
                lambda one: show.amount(one.total_amount, one.currency), "Total", kind="amount"
            ),
            columns.amount("discount_amount", title="Discount"),
            columns.amount("due_amount", title="Charged"),
            words.when("created_at", "Made"),
            words.when("next_payment_attempt_at", "Next try"),
        ),
        more=listing("orders", "order", subscription_id__exact=subscription.pk),
        empty="It has not been billed yet.",
        verbs=_retry(request, unpaid),
    )


@panel("subscriptions.subscription", position=40)
def payments_of_subscription(subscription: Any, request: HttpRequest) -> Panel:
    """What was charged, and what was declined."""
    orders = Order.objects.filter(subscription_id=subscription.pk).values("pk")
    return table(
        "Payments",
        Payment.objects.filter(order_id__in=orders).order_by("-created_at"),
        PAYMENT_BRIEF,
        empty="Nothing has been charged yet.",
    )


@panel("subscriptions.subscription", position=50)
def entries_of_subscription(subscription: Any, request: HttpRequest) -> Panel | None:
    """What was or will be billed: each becomes a line of an order."""
    rows = BillingEntry.objects.filter(subscription=subscription).order_by("-id")
    found = table(
        "Billing entries",
        rows.select_related("price", "product", "order_item__order"),
        (
            columns.column(_entry_text, "For", kind="wide"),
            columns.column(_signed, "Amount", kind="amount"),
            columns.column(_period, "Period", kind="text"),
            columns.column(_billed, "Order", kind="link"),
        ),
        note="Those without an order are billed with the next one.",
    )
    return found if found.rows else None


def _entry_text(entry: BillingEntry) -> str:
    kind = entry.type.removeprefix("subscription_").replace("_", " ")
    return f"{entry.product.name}, {kind}"


def _signed(entry: BillingEntry) -> SafeString:
    sign = -1 if entry.direction == BillingEntry.Direction.CREDIT else 1
    return show.amount(sign * entry.amount, entry.currency)


def _period(entry: BillingEntry) -> str:
    return f"{entry.start_at:%Y-%m-%d} to {entry.end_at:%Y-%m-%d}"


def _billed(entry: BillingEntry) -> SafeString:
    if entry.order_item is None:
        return format_html('<span class="bo-blank">{}</span>', "waits")
    return show.link(entry.order_item.order)


for place, field, position in (
    ("customers.customer", "customer", 8),
    ("catalog.product", "product", 25),
    ("organizations.organization", "organization", 15),
    ("discounts.discount", "discount", 25),
    ("payments.paymentmethod", "payment_method", 20),
):
    latest(
        place,
        Subscription,
        field,
        BRIEF,
        title="Subscriptions",
        position=position,
        related=("organization", "customer", "product"),
        empty="No subscriptions yet.",
    )


@panel("checkouts.checkout", position=42)
def subscription_of_checkout(checkout: Any, request: HttpRequest) -> Panel | None:
    """The subscription it led to, if its product recurs."""
    rows = Subscription.objects.filter(checkout_id=checkout.pk)
    found = table(
        "Subscription",
        rows.select_related("organization", "customer", "product"),
        BRIEF,
    )
    return found if found.rows else None


@panel("orders.order", position=8)
def dunning_of_order(order: Any, request: HttpRequest) -> Panel | None:
    """What an order of a subscription waits for; nothing for one that is paid or of none."""
    subscription = _subscription_of(order)
    if subscription is None or order.status != Order.Status.PENDING:
        return None
    now = words.clock_of(order)
    return Panel(
        title="Waits to be paid",
        template="backoffice/outlook.html",
        body={
            "steps": in_order(dunning_steps(subscription), now),
            "now": now,
            "nothing": "No try is planned.",
        },
        verbs=_retry(request, [order.pk]),
    )


def _retry(request: HttpRequest, order_ids: Sequence[UUID]) -> Sequence[tuple[str, str]]:
    """The verb that charges these orders now, for those who may."""
    if not order_ids or not roles.reaches(request.user, roles.FINANCE):
        return ()
    address = reverse("admin:subscriptions_subscription_retry_orders")
    return [("Retry now", f"{address}?{urlencode([('orders', str(key)) for key in order_ids])}")]


def _subscription_of(order: Any) -> Subscription | None:
    if order.subscription_id is None:
        return None
    rows = Subscription.objects.select_related("organization", "customer", "product")
    return rows.filter(pk=order.subscription_id).first()
