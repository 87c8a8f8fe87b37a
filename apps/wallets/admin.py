"""Balances of customers, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.ledger.models import Entry
from apps.wallets.forms import AdjustmentForm, FirstAdjustmentForm
from apps.wallets.models import Wallet, WalletMovement
from apps.wallets.operations import adjust_wallet, plan_wallet_adjustment
from apps.wallets.selectors import movements_of_order, wallets_of

KIND_TONES = {
    "order": "busy",
    "order_credit": "good",
    "carry_over": "warn",
    "void": "plain",
    "unvoid": "plain",
    "refund": "warn",
    "top_up": "good",
    "adjustment": "busy",
}


def _plan(record: Wallet | None, data: dict[str, Any], origin: Origin) -> Any:
    return plan_wallet_adjustment(
        customer=record.customer if record else data["customer"],
        currency=record.currency if record else data["currency"],
        amount=data["amount"],
    )


def _adjusted(customer: Any, currency: str, data: dict[str, Any], origin: Origin) -> str:
    movement = adjust_wallet(
        customer=customer,
        currency=currency,
        amount=data["amount"],
        note=data["reason"],
        agreed=data["agreed"],
        origin=origin,
    )
    return f"The balance of {customer} is {format_amount(movement.balance_after, currency)}."


@admin.register(Wallet)
class WalletAdmin(RecordAdmin):
    """What customers have with their merchants, or owe them."""

    icon = "account_balance_wallet"
    actions_list = ("adjust_first",)
    actions_detail = ("adjust",)
    related = ("organization", "customer", "customer__organization")
    search_hint = "E-mail, name, organization or id"
    search_fields = (
        "customer__email__icontains",
        "customer__name__icontains",
        "organization__slug",
    )
    search_ids = ("id", "organization_id", "customer_id")
    list_filter = ("type", "currency")
    list_display = (
        columns.link("customer"),
        columns.amount("balance"),
        columns.text("type"),
        columns.link("organization"),
        columns.when("created_at"),
        columns.when("modified_at", "Last moved"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Wallet",
            (
                columns.amount("balance"),
                "customer",
                "organization",
                "type",
                "currency",
                columns.code("id"),
                "created_at",
                columns.when("modified_at", "Last moved"),
            ),
        ),
    )

    @verb(
        title="Adjust a balance",
        role=roles.FINANCE,
        proposer=roles.SUPPORT,
        icon="account_balance_wallet",
        submit="Adjust",
        form=FirstAdjustmentForm,
        text="Gives a customer credit for coming orders, or takes it away.",
        plan=_plan,
    )
    def adjust_first(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Adjust the balance of a customer who may have none yet."""
        customer = data["customer"]
        # With no record there is nobody's test clock in the origin yet.
        there = origin.on_clock(customer.organization.clock_offset)
        return _adjusted(customer, data["currency"], data, there)

    @verb(
        title="Adjust",
        role=roles.FINANCE,
        proposer=roles.SUPPORT,
        icon="account_balance_wallet",
        form=AdjustmentForm,
        text="Gives the customer credit for coming orders, or takes it away.",
        available=lambda wallet: wallet.type == Wallet.Type.BILLING,
        plan=_plan,
    )
    def adjust(self, wallet: Wallet, data: dict[str, Any], origin: Origin) -> str:
        """Adjust this balance."""
        return _adjusted(wallet.customer, wallet.currency, data, origin)


def _cause(movement: WalletMovement) -> SafeString:
    if movement.order_id:
        return show.link_to(
            "orders", "order", movement.order_id, f"order …{str(movement.order_id)[-8:]}"
        )
    return show.blank()


def _entry(movement: WalletMovement) -> SafeString:
    return show.link(Entry.objects.filter(reference=movement.entry_reference).first())


BRIEF = (
    columns.when("created_at"),
    columns.badge("kind", KIND_TONES),
    columns.amount("amount", "wallet__currency"),
    columns.amount("balance_after", "wallet__currency", "Balance after"),
    columns.column(_cause, "Cause", kind="link"),
    columns.text("note"),
)


@admin.register(WalletMovement)
class WalletMovementAdmin(RecordAdmin):
    """Each change of a balance, with what it came from."""

    icon = "swap_vert"
    has_timeline = False
    related = ("organization", "wallet", "wallet__customer")
    search_hint = "E-mail, note, reference, order or id"
    search_fields = ("wallet__customer__email__icontains", "note__icontains", "reference")
    search_ids = ("id", "organization_id", "wallet_id", "order_id", "payment_id", "refund_id")
    list_filter = ("kind", "created_at")
    list_display = (
        columns.badge("kind", KIND_TONES),
        columns.amount("amount", "wallet__currency"),
        columns.amount("balance_after", "wallet__currency", "Balance after"),
        columns.link("wallet__customer", "Customer"),
        columns.column(_cause, "Cause", kind="link"),
        columns.text("note"),
        columns.when("created_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Movement",
            (
                columns.badge("kind", KIND_TONES),
                columns.amount("amount", "wallet__currency"),
                columns.amount("balance_after", "wallet__currency", "Balance after"),
                columns.link("wallet"),
                columns.link("wallet__customer", "Customer"),
                "organization",
                "note",
                "created_at",
            ),
        ),
        (
            "Cause",
            (
                columns.column(lambda one: show.link_to("orders", "order", one.order_id), "Order"),
                columns.column(
                    lambda one: show.link_to("payments", "payment", one.payment_id), "Payment"
                ),
                columns.column(
                    lambda one: show.link_to("payments", "refund", one.refund_id), "Refund"
                ),
                columns.column(_entry, "Ledger entry", kind="link"),
                columns.code("reference"),
                columns.code("id"),
            ),
        ),
    )


@panel("wallets.wallet", position=10)
def movements_of_wallet(wallet: Any, request: HttpRequest) -> Panel:
    """What moved it, the latest first."""
    return table(
        "Movements",
        wallet.movements.select_related("wallet").order_by("-pk"),
        BRIEF,
        more=listing("wallets", "walletmovement", wallet__id__exact=wallet.pk),
        limit=50,
        empty="Nothing moved yet.",
    )


@panel("customers.customer", position=12)
def balances_of_customer(customer: Any, request: HttpRequest) -> Panel:
    """What the customer has, in each currency."""
    verbs = []
    if roles.reaches(request.user, roles.FINANCE):
        query = urlencode({"customer": customer.pk})
        verbs = [("Adjust", f"{reverse('admin:wallets_wallet_adjust_first')}?{query}")]
    return table(
        "Wallets",
        wallets_of(customer.pk),
        (
            columns.column(str, "Wallet", kind="text"),
            columns.amount("balance"),
            columns.when("modified_at", "Last moved"),
        ),
        empty="Neither credit nor debt.",
        verbs=verbs,
    )


@panel("orders.order", position=25)
def balance_of_order(order: Any, request: HttpRequest) -> Panel | None:
    """What the order moved in the customer's balance; nothing if it moved nothing."""
    rows = list(movements_of_order(order.pk).select_related("wallet"))
    return table("Wallet", rows, BRIEF, limit=100) if rows else None
