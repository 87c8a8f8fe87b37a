"""Orders, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.panels import Panel, latest, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.ledger.selectors import explain_order
from apps.orders.models import Order
from apps.orders.operations import (
    block_refunds,
    plan_block_refunds,
    plan_unblock_refunds,
    unblock_refunds,
)
from apps.orders.operations.planning import (
    plan_unvoid_order,
    plan_void_order,
    unvoid_order_as_planned,
    void_order_as_planned,
)
from apps.orders.selectors import discount_totals
from apps.seats.admin.seats import assigning
from apps.seats.containers import Seating

# Whose events are part of an order's timeline.
SHOWN_ATTEMPTS = 20

TONES = {
    "draft": "plain",
    "pending": "busy",
    "paid": "good",
    "refunded": "warn",
    "partially_refunded": "warn",
    "void": "plain",
}


def _total(order: Order) -> Any:
    return show.amount(order.total_amount, order.currency)


def _fee(order: Order) -> Any:
    return show.amount(order.platform_fee_amount, order.platform_fee_currency)


def _subscription(order: Order) -> Any:
    key = order.subscription_id
    return show.link_to("subscriptions", "subscription", key, f"…{str(key)[-8:]}")


def _period(order: Order) -> Any:
    """What of the subscription it bills, where it bills a period."""
    if order.period_start_at is None or order.period_end_at is None:
        return show.blank()
    return f"{order.period_start_at:%Y-%m-%d} to {order.period_end_at:%Y-%m-%d}"


BRIEF = (
    columns.column(str, "Order", kind="mono"),
    columns.badge("status", TONES),
    columns.column(_total, "Total", kind="amount"),
    columns.link("product"),
    columns.link("customer"),
    columns.when("created_at"),
)


def _seating(order: Order) -> Seating | None:
    """Not for the order of a subscription, which has the seats itself."""
    if order.seats is None or order.subscription_id is not None:
        return None
    return Seating(order_id=order.pk)


@admin.register(Order)
class OrderAdmin(RecordAdmin):
    """What was bought, and where the money is."""

    icon = "receipt_long"
    actions_detail = ("assign_a_seat", "void", "unvoid", "block_refunds", "unblock_refunds")
    related = ("organization", "customer", "product", "discount")
    search_hint = "Invoice number, e-mail, last four, ch_… or id"
    search_fields = (
        "invoice_number__iexact",
        "receipt_number__iexact",
        "customer__email__icontains",
        "customer__name__icontains",
        "billing_name__icontains",
        "organization__slug",
        "payments__processor_id",
        "payments__intent_id",
        "payments__method_metadata__last4",
    )
    search_is_plural = True
    search_ids = (
        "id",
        "organization_id",
        "customer_id",
        "product_id",
        "checkout_id",
        "subscription_id",
    )
    list_filter = ("status", "billing_reason", "currency", "created_at")
    list_display = (
        columns.column(str, "Order", order="invoice_number", kind="mono"),
        columns.badge("status", TONES),
        columns.column(_total, "Total", order="net_amount", kind="amount"),
        columns.link("customer"),
        columns.link("product"),
        columns.link("organization"),
        columns.when("created_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Order",
            (
                columns.badge("status", TONES),
                columns.code("invoice_number", "Invoice"),
                columns.when("invoice_generated_at", "Invoice made"),
                columns.code("receipt_number", "Receipt"),
                columns.code("id"),
                columns.column(
                    lambda order: show.badge(order.billing_reason), "Reason", kind="status"
                ),
                "organization",
                "customer",
                "product",
                columns.column(_subscription, "Subscription", kind="link"),
                columns.column(_period, "Period"),
                "created_at",
                "paid_at",
                columns.when("refunds_blocked_at", "Refunds blocked"),
                columns.when("next_payment_attempt_at", "Next payment attempt"),
            ),
        ),
        (
            "Amounts",
            (
                columns.amount("subtotal_amount"),
                columns.amount("discount_amount"),
                columns.link("discount", "By discount"),
                columns.amount("net_amount"),
                columns.amount("tax_amount"),
                "tax_behavior",
                columns.column(_total, "Total", kind="amount"),
                columns.amount("applied_balance_amount", title="Wallet"),
                columns.amount("due_amount", title="Charged"),
                columns.amount("refunded_amount"),
                columns.amount("refunded_tax_amount"),
                columns.column(_fee, "Platform fee", kind="amount"),
            ),
        ),
        (
            "Billing",
            (
                "billing_name",
                columns.parts("billing_address"),
                columns.parts("tax_id", "Tax id"),
                "tax_breakdown",
                "metadata",
                "custom_field_data",
            ),
        ),
    )

    assign_a_seat = assigning(_seating)

    @verb(
        title="Void",
        role=roles.FINANCE,
        icon="block",
        is_danger=True,
        available=lambda order: order.status == Order.Status.PENDING,
        plan=lambda order, data, origin: plan_void_order(order_id=order.pk, origin=origin),
    )
    def void(self, order: Order, data: dict[str, Any], origin: Origin) -> str:
        """Give a pending order up."""
        void_order_as_planned(order_id=order.pk, agreed=data["agreed"], origin=origin)
        return f"{order} is void."

    @verb(
        title="Take up again",
        role=roles.FINANCE,
        icon="undo",
        available=lambda order: order.status == Order.Status.VOID,
        plan=lambda order, data, origin: plan_unvoid_order(order_id=order.pk, origin=origin),
    )
    def unvoid(self, order: Order, data: dict[str, Any], origin: Origin) -> str:
        """Make a voided order pending again."""
        unvoid_order_as_planned(order_id=order.pk, agreed=data["agreed"], origin=origin)
        return f"{order} is pending again."

    @verb(
        title="Block refunds",
        role=roles.FINANCE,
        icon="block",
        text="Neither the merchant nor staff can refund the order until this is lifted.",
        available=lambda order: order.is_paid and order.refunds_blocked_at is None,
        plan=lambda order, data, origin: plan_block_refunds(order_id=order.pk, origin=origin),
    )
    def block_refunds(self, order: Order, data: dict[str, Any], origin: Origin) -> str:
        """Let nobody refund the order."""
        block_refunds(order_id=order.pk, agreed=data["agreed"], origin=origin)
        return f"{order} cannot be refunded."

    @verb(
        title="Allow refunds",
        role=roles.FINANCE,
        icon="undo",
        available=lambda order: order.refunds_blocked_at is not None,
        plan=lambda order, data, origin: plan_unblock_refunds(order_id=order.pk, origin=origin),
    )
    def unblock_refunds(self, order: Order, data: dict[str, Any], origin: Origin) -> str:
        """Let the order be refunded again."""
        unblock_refunds(order_id=order.pk, agreed=data["agreed"], origin=origin)
        return f"{order} can be refunded again."

    def subjects_of(self, record: Any) -> list[tuple[str, Any]]:
        """With the checkout it came from, and the attempts to pay it."""
        found = super().subjects_of(record)
        if record.checkout_id:
            found.append(("checkout", record.checkout_id))
        attempts = record.payments.order_by("-created_at").values_list("pk", flat=True)
        return found + [("payment", key) for key in attempts[:SHOWN_ATTEMPTS]]


@panel("orders.order", position=10)
def items_of_order(order: Any, request: HttpRequest) -> Panel:
    """Its lines."""
    return table(
        "Items",
        order.items.select_related("order").order_by("position", "created_at"),
        (
            columns.text("label"),
            columns.amount("amount", "order__currency", "Amount"),
            columns.amount("net_amount", "order__currency"),
            columns.amount("tax_amount", "order__currency"),
        ),
        limit=200,
    )


@panel("orders.order", position=20)
def money_of_order(order: Any, request: HttpRequest) -> Panel:
    """Where each cent went."""
    return Panel(
        title="Where each cent went",
        template="backoffice/money_flow.html",
        body=explain_order(order.pk),
    )


for place, field, position in (
    ("customers.customer", "customer", 10),
    ("catalog.product", "product", 30),
    ("organizations.organization", "organization", 20),
    ("discounts.discount", "discount", 30),
):
    latest(
        place,
        Order,
        field,
        BRIEF,
        title="Orders",
        position=position,
        related=("product", "customer"),
        empty="No orders yet.",
    )


@panel("checkouts.checkout", position=40)
def order_of_checkout(checkout: Any, request: HttpRequest) -> Panel:
    """The order it led to."""
    return table(
        "Order",
        Order.objects.filter(checkout_id=checkout.pk).select_related("product", "customer"),
        BRIEF,
        empty="It led to no order.",
    )


@panel("discounts.discount", position=10)
def given_by_discount(discount: Any, request: HttpRequest) -> Panel:
    """What it has taken off so far, in each currency."""
    return table(
        "Given so far",
        discount_totals(discount.pk),
        (
            columns.column(lambda one: one.currency.upper(), "Currency", kind="text"),
            columns.amount("amount"),
            columns.column(lambda one: str(one.order_count), "Orders", kind="amount"),
        ),
        limit=200,
        empty="Nothing yet.",
        note="Of paid orders, also where some of the money went back later.",
    )
