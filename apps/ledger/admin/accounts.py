"""Accounts: every balance opens to its movements."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.core.staff import columns, show
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.ledger.admin.words import kind_of, name_of, owner_of
from apps.ledger.models import Account, Transfer
from apps.ledger.selectors import balances, balances_of


def _balance(account: Any) -> SafeString:
    return show.amount(account.found_balance.amount, account.currency)


def _sum(account: Any, side: str) -> SafeString:
    return show.amount(getattr(account.found_balance, side), account.currency)


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
        columns.column(kind_of, "Account", order="kind", kind="text"),
        columns.column(owner_of, "Owner", order="organization__name", kind="link"),
        columns.column(lambda one: one.currency.upper(), "Currency", order="currency"),
        columns.column(_balance, "Balance", kind="amount"),
        columns.code("id", tail=True),
    )
    ordering = ("organization_id", "kind", "currency")
    facts: ClassVar = (
        (
            "Account",
            (
                columns.column(kind_of, "Kind"),
                columns.column(owner_of, "Owner"),
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
            columns.column(kind_of, "Account", kind="text"),
            columns.column(lambda one: one.currency.upper(), "Currency"),
            columns.column(_balance, "Balance", kind="amount"),
        ),
        empty="Nothing was booked yet.",
        limit=50,
    )


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
    return show.link(other, name_of(other))
