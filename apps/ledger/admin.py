"""The books, for staff: every balance opens to its entries, every entry to its cause."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.core.staff import columns, roles, show
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.ledger.models import Account, Entry, FeeCredit, Transfer


def _kind(account: Account) -> str:
    return account.kind.replace("_", " ")


def _owner(record: Any) -> SafeString:
    if record.organization_id is None:
        return show.badge("platform", "busy")
    return show.link(record.organization)


def _cause(entry: Entry) -> SafeString:
    if entry.order_id:
        return show.link_to("orders", "order", entry.order_id, f"order …{str(entry.order_id)[-8:]}")
    if entry.payment_id:
        text = f"payment …{str(entry.payment_id)[-8:]}"
        return show.link_to("payments", "payment", entry.payment_id, text)
    return show.blank()


class AccountFilter(admin.SimpleListFilter):
    """Transfers into or out of one account; set by links, so it offers no choices."""

    title = "account"
    parameter_name = "account"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The account asked for, if any."""
        value = request.GET.get(self.parameter_name, "")
        return [(value, f"…{value[-8:]}")] if value else []

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Both sides."""
        from django.db.models import Q

        from apps.core.staff.records import as_uuid

        if not self.value():
            return queryset
        key = as_uuid(str(self.value()))
        if key is None:
            return queryset.none()
        return queryset.filter(Q(debit_account=key) | Q(credit_account=key))


@admin.register(Account)
class AccountAdmin(RecordAdmin):
    """Where money can be."""

    icon = "account_balance"
    view_role = roles.VIEWER
    related = ("organization",)
    search_hint = "Organization, kind or id"
    search_fields = ("kind__icontains", "organization__slug", "organization__name__icontains")
    search_ids = ("id", "organization_id")
    list_filter = ("kind", ("currency", admin.AllValuesFieldListFilter))
    list_display = (
        columns.column(_kind, "Account", order="kind", kind="text"),
        columns.column(_owner, "Owner", order="organization__name", kind="link"),
        columns.column(lambda one: one.currency.upper(), "Currency", order="currency"),
        columns.code("id", tail=True),
    )
    ordering = ("organization_id", "kind", "currency")
    facts: ClassVar = (
        (
            "Account",
            (
                columns.column(_kind, "Kind"),
                columns.column(_owner, "Owner"),
                columns.column(lambda one: one.currency.upper(), "Currency"),
                columns.code("id"),
            ),
        ),
    )


@admin.register(Entry)
class EntryAdmin(RecordAdmin):
    """What was booked, and why."""

    icon = "menu_book"
    related = ("organization", "corrects")
    search_hint = "Reference, order, payment or entry id"
    search_fields = ("reference__icontains", "organization__slug")
    search_ids = ("id", "organization_id", "order_id", "payment_id")
    list_filter = (("type", admin.AllValuesFieldListFilter), "posted_at")
    list_display = (
        columns.text("reference"),
        columns.badge("type", {}),
        columns.column(_cause, "Cause", kind="link"),
        columns.column(_owner, "Owner", kind="link"),
        columns.amount("presentment_amount", "presentment_currency", "Buyer's side"),
        columns.when("posted_at"),
    )
    ordering = ("-posted_at",)
    facts: ClassVar = (
        (
            "Entry",
            (
                "reference",
                columns.badge("type", {}),
                columns.column(_owner, "Owner"),
                columns.code("id"),
                "posted_at",
                "corrects",
            ),
        ),
        (
            "Cause",
            (
                columns.column(lambda one: show.link_to("orders", "order", one.order_id), "Order"),
                columns.column(
                    lambda one: show.link_to("payments", "payment", one.payment_id), "Payment"
                ),
            ),
        ),
        (
            "Buyer's side",
            (
                columns.amount("presentment_amount", "presentment_currency", "Amount"),
                columns.amount("presentment_tax_amount", "presentment_currency", "Of it tax"),
                "exchange_rate",
                "details",
            ),
        ),
    )


_moves = (
    columns.text("type"),
    columns.column(lambda one: show.link(one.debit_account), "Debit", kind="link"),
    columns.column(lambda one: show.link(one.credit_account), "Credit", kind="link"),
    columns.amount("amount", title="Amount"),
    columns.when("posted_at"),
    columns.when("available_at"),
)


@admin.register(Transfer)
class TransferAdmin(RecordAdmin):
    """Single movements between two accounts."""

    icon = "swap_horiz"
    related = ("entry", "debit_account", "credit_account")
    search_hint = "Entry reference, or an entry, order or account id"
    search_fields = ("entry__reference__icontains", "type")
    search_ids = ("entry_id", "entry__order_id", "debit_account_id", "credit_account_id")
    list_filter = (
        ("type", admin.AllValuesFieldListFilter),
        ("currency", admin.AllValuesFieldListFilter),
        AccountFilter,
        "posted_at",
    )
    list_display = (
        columns.text("type"),
        columns.link("entry"),
        columns.link("debit_account", "Debit"),
        columns.link("credit_account", "Credit"),
        columns.amount("amount", title="Amount"),
        columns.when("posted_at"),
        columns.when("available_at"),
    )
    ordering = ("-id",)
    facts: ClassVar = (
        (
            "Transfer",
            (
                "type",
                columns.amount("amount", title="Amount"),
                columns.link("debit_account", "Debit"),
                columns.link("credit_account", "Credit"),
                "entry",
                "posted_at",
                "available_at",
            ),
        ),
    )


@admin.register(FeeCredit)
class FeeCreditAdmin(RecordAdmin):
    """Gifts against future platform fees."""

    icon = "redeem"
    related = ("organization",)
    search_hint = "Title, organization or id"
    search_fields = ("title__icontains", "organization__slug")
    search_ids = ("id", "organization_id")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_display = (
        columns.text("title"),
        columns.link("organization"),
        columns.column(lambda one: settled(one.amount), "Amount", order="amount", kind="amount"),
        columns.column(
            lambda one: settled(one.used_amount), "Used", order="used_amount", kind="amount"
        ),
        columns.when("granted_at"),
        columns.when("expires_at"),
        columns.when("revoked_at"),
    )
    ordering = ("-granted_at",)
    facts: ClassVar = (
        (
            "Fee credit",
            (
                "title",
                "organization",
                columns.column(lambda one: settled(one.amount), "Amount"),
                columns.column(lambda one: settled(one.used_amount), "Used"),
                columns.code("id"),
                "granted_at",
                "expires_at",
                "revoked_at",
            ),
        ),
    )


def settled(amount: int) -> SafeString:
    """An amount of the settlement currency."""
    from django.conf import settings

    return show.amount(amount, settings.SETTLEMENT_CURRENCY)


@panel("ledger.account", position=10)
def transfers_of_account(account: Any, request: HttpRequest) -> Panel:
    """The latest movements, both ways."""
    from django.db.models import Q

    return table(
        "Movements",
        Transfer.objects.filter(Q(debit_account=account) | Q(credit_account=account))
        .select_related("entry", "debit_account", "credit_account")
        .order_by("-id"),
        (
            columns.link("entry"),
            columns.text("type"),
            columns.column(lambda one: _side(one, account, "debit"), "Debit", kind="amount"),
            columns.column(lambda one: _side(one, account, "credit"), "Credit", kind="amount"),
            columns.column(lambda one: _other(one, account), "Other account", kind="link"),
            columns.when("posted_at"),
        ),
        more=listing("ledger", "transfer", account=account.pk),
        empty="Nothing was booked here.",
        limit=25,
    )


def _side(transfer: Transfer, account: Account, side: str) -> SafeString:
    if getattr(transfer, f"{side}_account_id") != account.pk:
        return show.blank()
    return show.amount(transfer.amount, transfer.currency)


def _other(transfer: Transfer, account: Account) -> SafeString:
    is_debit = transfer.debit_account_id == account.pk
    return show.link(transfer.credit_account if is_debit else transfer.debit_account)


@panel("ledger.entry", position=10)
def transfers_of_entry(entry: Any, request: HttpRequest) -> Panel:
    """Its movements."""
    return table(
        "Transfers",
        Transfer.objects.filter(entry=entry)
        .select_related("debit_account", "credit_account")
        .order_by("id"),
        _moves,
        limit=100,
    )


@panel("orders.order", position=30)
def entries_of_order(order: Any, request: HttpRequest) -> Panel:
    """What was booked for it."""
    return _entries("Ledger entries", Entry.objects.filter(order_id=order.pk))


@panel("payments.payment", position=30)
def entries_of_payment(payment: Any, request: HttpRequest) -> Panel:
    """What was booked for it."""
    return _entries("Ledger entries", Entry.objects.filter(payment_id=payment.pk))


def _entries(title: str, entries: Any) -> Panel:
    return table(
        title,
        entries.order_by("posted_at", "id"),
        (
            columns.text("reference"),
            columns.badge("type", {}),
            columns.amount("presentment_amount", "presentment_currency", "Buyer's side"),
            columns.when("posted_at"),
        ),
        empty="Nothing was booked.",
        limit=50,
    )
