"""The books, for staff: every balance opens to its entries, every entry to its cause."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin, as_uuid
from apps.core.staff.verbs import verb
from apps.ledger.forms import CreditForm, PlanForm
from apps.ledger.models import Account, Entry, FeeCredit, Transfer
from apps.ledger.operations import assign_fee_plan, grant_fee_credit, revoke_fee_credit
from apps.ledger.selectors import balances, balances_of, fee_terms


def _kind(account: Account) -> str:
    return account.kind.replace("_", " ")


def _named(account: Account) -> str:
    return f"{_kind(account)} {account.currency.upper()}"


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


def _balance(account: Any) -> SafeString:
    return show.amount(account.found_balance.amount, account.currency)


def _sum(account: Any, side: str) -> SafeString:
    return show.amount(getattr(account.found_balance, side), account.currency)


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


@admin.register(Account)
class AccountAdmin(RecordAdmin):
    """Where money can be."""

    icon = "account_balance"
    has_timeline = False
    related = ("organization",)
    search_hint = "Organization, kind or id"
    search_fields = ("kind__icontains", "organization__slug", "organization__name__icontains")
    search_ids = ("id", "organization_id")
    list_filter = ("kind", ("currency", admin.AllValuesFieldListFilter))
    list_display = (
        columns.column(_kind, "Account", order="kind", kind="text"),
        columns.column(_owner, "Owner", order="organization__name", kind="link"),
        columns.column(lambda one: one.currency.upper(), "Currency", order="currency"),
        columns.column(_balance, "Balance", kind="amount"),
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
                columns.column(_balance, "Balance"),
                columns.column(lambda one: _sum(one, "debit_amount"), "All debits"),
                columns.column(lambda one: _sum(one, "credit_amount"), "All credits"),
                columns.code("id"),
            ),
        ),
    )

    def complete(self, rows: list[Any]) -> None:
        """All balances of the page in one query."""
        for found in balances(rows):
            found.account.found_balance = found.balance  # type: ignore[attr-defined]


@admin.register(Entry)
class EntryAdmin(RecordAdmin):
    """What was booked, and why."""

    icon = "menu_book"
    has_timeline = False
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
    columns.link("debit_account", "Debit", _named),
    columns.link("credit_account", "Credit", _named),
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
        columns.link("debit_account", "Debit", _named),
        columns.link("credit_account", "Credit", _named),
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
                columns.link("debit_account", "Debit", _named),
                columns.link("credit_account", "Credit", _named),
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
    actions_list = ("grant", "assign_plan")
    actions_detail = ("revoke",)
    related = ("organization",)
    search_hint = "Title, organization or id"
    search_fields = ("title__icontains", "organization__slug")
    search_ids = ("id", "organization_id")
    list_filter = (presence("revoked_at", "Revoked", "revoked", "valid"),)
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

    @verb(
        title="Grant fee credit",
        role=roles.FINANCE,
        icon="redeem",
        submit="Grant",
        form=CreditForm,
        text="Used up by future platform fees, the oldest credit first.",
    )
    def grant(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Give a merchant money against future fees."""
        organization = data["organization"]
        credit = grant_fee_credit(
            organization_id=organization.pk,
            title=data["title"],
            amount=data["amount"],
            expires_at=data["expires_at"],
            origin=origin,
        )
        amount = format_amount(credit.amount, settings.SETTLEMENT_CURRENCY)
        return f"{organization} was granted {amount}."

    @verb(
        title="Assign fee plan",
        role=roles.FINANCE,
        icon="percent",
        submit="Assign",
        form=PlanForm,
        text="Its rates hold from the next sale on.",
    )
    def assign_plan(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Put a merchant on a published plan."""
        organization = data["organization"]
        assign_fee_plan(
            organization_id=organization.pk,
            plan=data["plan"],
            has_processor_fees=data["has_processor_fees"],
            origin=origin,
        )
        return f"{organization} is on the plan {data['plan']}."

    @verb(
        title="Revoke",
        role=roles.FINANCE,
        icon="money_off",
        is_danger=True,
        text="What is left is taken back; what was used stays used.",
        available=lambda credit: credit.revoked_at is None,
    )
    def revoke(self, credit: FeeCredit, data: dict[str, Any], origin: Origin) -> str:
        """Take back what is left."""
        revoke_fee_credit(credit_id=credit.pk, origin=origin)
        return f"{credit} is revoked."


@panel("organizations.organization", position=10)
def books_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """Its accounts with their balances."""
    rows = balances_of(organization.pk)
    for row in rows:
        row.account.found_balance = row.balance  # type: ignore[attr-defined]
    return table(
        "Balances",
        [row.account for row in rows],
        (
            columns.column(_kind, "Account", kind="text"),
            columns.column(lambda one: one.currency.upper(), "Currency"),
            columns.column(_balance, "Balance", kind="amount"),
        ),
        empty="Nothing was booked yet.",
        limit=50,
    )


@panel("organizations.organization", position=60)
def fees_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """Its fee plan and fee credits."""
    terms = fee_terms(organization.pk)
    fixed = format_amount(terms.rates.fixed_amount, settings.SETTLEMENT_CURRENCY)
    return table(
        "Fees",
        FeeCredit.objects.filter(organization=organization).order_by("-granted_at"),
        (
            columns.text("title", "Fee credit"),
            columns.column(lambda one: settled(one.amount), "Amount", kind="amount"),
            columns.column(lambda one: settled(one.used_amount), "Used", kind="amount"),
            columns.when("granted_at"),
            columns.when("expires_at"),
            columns.when("revoked_at"),
        ),
        more=listing("ledger", "feecredit", organization__id__exact=organization.pk),
        empty="No fee credits.",
        note=f"Plan {terms.name}: {terms.rates.bps / 100:g} % and {fixed} a sale.",
        verbs=_fee_verbs(organization, request),
    )


def _fee_verbs(organization: Any, request: HttpRequest) -> list[tuple[str, str]]:
    if not roles.reaches(request.user, roles.FINANCE):
        return []
    query = urlencode({"organization": organization.slug})
    return [
        ("Grant credit", f"{reverse('admin:ledger_feecredit_grant')}?{query}"),
        ("Assign plan", f"{reverse('admin:ledger_feecredit_assign_plan')}?{query}"),
    ]


def settled(amount: int) -> SafeString:
    """An amount of the settlement currency."""
    return show.amount(amount, settings.SETTLEMENT_CURRENCY)


@panel("ledger.account", position=10)
def transfers_of_account(account: Any, request: HttpRequest) -> Panel:
    """The latest movements, both ways."""
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
    other = transfer.credit_account if is_debit else transfer.debit_account
    return show.link(other, _named(other))


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
