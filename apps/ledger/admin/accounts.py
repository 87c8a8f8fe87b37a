"""Accounts: every balance opens to its movements, each with the balance that it left."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from apps.core.staff import columns, show
from apps.core.staff.panels import Panel, panel, table
from apps.core.staff.records import RecordAdmin
from apps.ledger.admin.movements import MOVEMENTS, movements_body
from apps.ledger.admin.words import kind_of, owner_of
from apps.ledger.models import Account
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

    def get_urls(self) -> list[Any]:
        """The pages of an account's movements before those of the record."""
        shown = self.admin_site.admin_view(require_GET(self.movements_view))
        own = path("<uuid:object_id>/movements/", shown, name="ledger_account_movements")
        return [own, *super().get_urls()]

    def movements_view(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """For HTMX: one page of movements alone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        account = self.found(request, str(object_id))
        body = movements_body(account, request)
        return TemplateResponse(request, MOVEMENTS, {"body": body})

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
