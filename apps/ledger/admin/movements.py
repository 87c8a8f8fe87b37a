"""The movements of one account: paged and narrowed in place, with the balance after each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from apps.core.staff import show
from apps.core.staff.panels import Panel, panel
from apps.ledger.admin.words import name_of, owner_of
from apps.ledger.models import Account
from apps.ledger.selectors.statements import Asked, Movement, statement, types_of

MOVEMENTS: Final = "ledger/movements.html"
# Beyond what a bigint holds nothing can be asked for.
_LARGEST: Final = 2**63 - 1


class Choice(NamedTuple):
    """A type to narrow to, by the query of its address."""

    title: str
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class MovementsBody:
    """What the template shows."""

    url: str
    page: str
    rows: list[dict[str, Any]]
    types: list[Choice]
    type: str
    since: str
    until: str
    has_balances: bool
    older: str
    newest: str


def movements_body(account: Account, request: HttpRequest) -> MovementsBody:
    """The page of movements that the request asks for; what it asks wrongly is left out."""
    since, until = (_day(request.GET.get(name, "")) for name in ("since", "until"))
    type_ = request.GET.get("type", "").replace("\x00", "")[:40]
    before = request.GET.get("before", "")
    asked = Asked(
        before=int(before) if before.isdecimal() and int(before) <= _LARGEST else None,
        type=type_,
        since=since,
        # All of the last day.
        until=until and until + timedelta(days=1),
    )
    found = statement(account, asked)
    kept = {
        "type": type_,
        "since": f"{since:%Y-%m-%d}" if since else "",
        "until": f"{until:%Y-%m-%d}" if until else "",
    }
    return MovementsBody(
        url=reverse("admin:ledger_account_movements", args=[account.pk]),
        page=reverse("admin:ledger_account_change", args=[account.pk]),
        rows=[_row(one) for one in found.movements],
        types=[
            Choice(one.replace("_", " ") or "all", urlencode({**kept, "type": one}), one == type_)
            for one in ("", *types_of(account))
        ],
        type=type_,
        since=kept["since"],
        until=kept["until"],
        has_balances=not type_,
        older=urlencode({**kept, "before": found.next_before}) if found.next_before else "",
        newest=urlencode(kept) if asked.before else "",
    )


@panel("ledger.account", position=10)
def movements_of_account(account: Any, request: HttpRequest) -> Panel:
    """The latest movements, both ways, and from there on all of them."""
    return Panel(title="Movements", template=MOVEMENTS, body=movements_body(account, request))


def _row(movement: Movement) -> dict[str, Any]:
    transfer, other = movement.transfer, movement.other
    amount = show.amount(transfer.amount, transfer.currency)
    return {
        "entry": show.link(transfer.entry),
        "type": transfer.type.replace("_", " "),
        "debit": amount if movement.is_debit else show.blank(),
        "credit": show.blank() if movement.is_debit else amount,
        "balance": show.amount(movement.balance, transfer.currency),
        "other": show.link(other, name_of(other)),
        "owner": owner_of(other) if other.organization_id else "",
        "posted": show.time(transfer.posted_at),
        "available": transfer.available_at,
    }


def _day(value: str) -> datetime | None:
    try:
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
