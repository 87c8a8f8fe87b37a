"""Entries and transfers: each leads to its cause."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.core.staff import columns, show
from apps.core.staff.panels import Panel, panel, table
from apps.core.staff.records import RecordAdmin, as_uuid
from apps.ledger.admin.words import cause_of, name_of, owner_of
from apps.ledger.models import Entry, Transfer
from apps.ledger.tracing import entries_of_id


def _rate(entry: Entry) -> str | SafeString:
    return show.blank() if entry.exchange_rate is None else f"{entry.exchange_rate.normalize():f}"


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
        if not self.value():
            return queryset
        key = as_uuid(str(self.value()))
        if key is None:
            return queryset.none()
        return queryset.filter(Q(debit_account=key) | Q(credit_account=key))


@admin.register(Entry)
class EntryAdmin(RecordAdmin):
    """What was booked, and why."""

    icon = "menu_book"
    has_timeline = False
    related = ("organization", "corrects")
    search_hint = "Any id: order, invoice, charge, refund, dispute, payout, reference…"
    search_fields = ("reference__icontains", "organization__slug")
    search_ids = ("id", "organization_id", "order_id", "payment_id")
    list_filter = (("type", admin.AllValuesFieldListFilter), "posted_at")
    list_display = (
        columns.text("reference"),
        columns.badge("type", {}),
        columns.column(cause_of, "Cause", kind="link"),
        columns.column(owner_of, "Owner", kind="link"),
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
                columns.column(owner_of, "Owner"),
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
                columns.column(_rate, "Exchange rate"),
                "details",
            ),
        ),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """The entries that an id of any kind leads to; else those whose reference has the term."""
        found = entries_of_id(search_term.strip()) if _is_id(search_term) else None
        if found is not None:
            return queryset.filter(found), False
        return super().get_search_results(request, queryset, search_term)


def _is_id(term: str) -> bool:
    """Whether it may be one: a word of some length."""
    return len(term.strip()) >= 4 and not set(term.strip()) & set(" \x00")


_moves = (
    columns.text("type"),
    columns.link("debit_account", "Debit", name_of),
    columns.link("credit_account", "Credit", name_of),
    columns.amount("amount", title="Amount"),
    columns.when("posted_at"),
    columns.when("available_at"),
)


@admin.register(Transfer)
class TransferAdmin(RecordAdmin):
    """Single movements between two accounts."""

    icon = "swap_horiz"
    has_timeline = False
    related = ("entry", "debit_account", "credit_account")
    search_hint = "Any id: order, invoice, charge, refund, dispute, payout, account…"
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
        columns.link("debit_account", "Debit", name_of),
        columns.link("credit_account", "Credit", name_of),
        columns.amount("amount", title="Amount"),
        columns.when("posted_at"),
    )
    ordering = ("-id",)
    facts: ClassVar = (
        (
            "Transfer",
            (
                "type",
                columns.amount("amount", title="Amount"),
                columns.link("debit_account", "Debit", name_of),
                columns.link("credit_account", "Credit", name_of),
                "entry",
                "posted_at",
                "available_at",
            ),
        ),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """The transfers of the entries that an id leads to, and those of an account."""
        found = entries_of_id(search_term.strip()) if _is_id(search_term) else None
        if found is None:
            return super().get_search_results(request, queryset, search_term)
        wanted = Q(entry__in=Entry.objects.filter(found).values("pk"))
        if key := as_uuid(search_term.strip()):
            wanted |= Q(debit_account=key) | Q(credit_account=key)
        return queryset.filter(wanted), False


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
