"""Where the money is: of all merchants, and of one, down to the transfers."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from apps.backoffice.views import page
from apps.core.clock import moment
from apps.core.staff.records import as_uuid
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Account
from apps.ledger.selectors import balances
from apps.organizations.models import Organization
from apps.payouts.selectors import profile_of, transfers_in_place, whereabouts_of
from apps.payouts.whereabouts import PLACES, Whereabouts

PAGE: Final = 25
# The accounts that the list of merchants has columns for.
SHOWN: Final = {
    AccountKind.MERCHANT_BALANCE: "Balance",
    AccountKind.PAYOUTS_DUE: "In payouts",
    AccountKind.HELD: "Held",
    AccountKind.RESERVED: "Reserved",
    AccountKind.DISPUTE_HOLDS: "Disputed",
    AccountKind.REFUND_HOLDS: "In refunds",
}


def merchants(request: HttpRequest) -> HttpResponse:
    """What each merchant has where, those of a name or slug alone; by page."""
    term = request.GET.get("q", "").replace("\x00", "").strip()
    rows = Organization.objects.filter(deleted_at=None).order_by("name", "pk")
    if term:
        key = as_uuid(term)
        named = Q(name__icontains=term) | Q(slug__icontains=term)
        rows = rows.filter(named | Q(pk=key)) if key else rows.filter(named)
    found = _page_of(request, rows, PAGE)
    context = {
        "title": "Where the money is",
        "term": term,
        "titles": list(SHOWN.values()),
        "rows": _standing(list(found)),
        "page": found,
        "kept": f"&q={term}" if term else "",
    }
    return page(request, "backoffice/money.html", "merchants", context)


def merchant(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    """All money of one merchant; `place` opens one figure down to its transfers."""
    organization = Organization.objects.filter(pk=organization_id).first()
    if organization is None:
        raise Http404
    at = moment(organization.clock_offset)
    found = whereabouts_of(organization.pk, at=at)
    opened = request.GET.get("place", "")
    if opened not in ("", *PLACES):
        raise Http404
    profile = profile_of(organization.pk)
    context = {
        "title": f"Where the money of {organization} is",
        "organization": organization,
        "money": found,
        "profile": profile,
        "opened": _opened(request, organization, found, opened) if opened else None,
        "back": reverse("admin:money"),
    }
    return page(request, "backoffice/money_of.html", "place", context)


def _opened(
    request: HttpRequest, organization: Organization, money: Whereabouts, key: str
) -> dict[str, Any]:
    """A figure's parts and one page of its transfers."""
    rows = transfers_in_place(organization.pk, key, at=money.at)
    return {"place": money.place(key), "page": _page_of(request, rows, PAGE)}


def _page_of(request: HttpRequest, rows: Any, size: int) -> Page[Any]:
    return Paginator(rows, size).get_page(request.GET.get("page"))


def _standing(organizations: list[Organization]) -> list[tuple[Organization, list[Any]]]:
    """Each with the amounts of its accounts by kind, summed up by currency; one query."""
    accounts = Account.objects.filter(organization__in=organizations, kind__in=SHOWN)
    amounts: dict[tuple[UUID, str], list[tuple[int, str]]] = {}
    for row in balances(accounts.order_by("currency")):
        if row.balance.amount and row.account.organization_id:
            key = (row.account.organization_id, row.balance.kind)
            amounts.setdefault(key, []).append((row.balance.amount, row.balance.currency))
    return [(one, [amounts.get((one.pk, kind), []) for kind in SHOWN]) for one in organizations]
