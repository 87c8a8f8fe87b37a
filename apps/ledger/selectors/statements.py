"""The movements of one account, page by page, with the balance that each left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from apps.ledger.kinds import natural_amount
from apps.ledger.models import Account, Transfer

PAGE: Final = 50

# What the account held after a transfer: the checkpoint before it, and the transfers since.
_UPTO: Final = """
SELECT
    (coalesce(c.debit_amount, 0) + coalesce((SELECT sum(amount) FROM ledger_transfer
        WHERE debit_account_id = %(account)s AND id > coalesce(c.last_transfer_id, 0)
            AND id <= %(id)s), 0))::bigint,
    (coalesce(c.credit_amount, 0) + coalesce((SELECT sum(amount) FROM ledger_transfer
        WHERE credit_account_id = %(account)s AND id > coalesce(c.last_transfer_id, 0)
            AND id <= %(id)s), 0))::bigint
FROM (SELECT 1) AS one LEFT JOIN LATERAL (
    SELECT last_transfer_id, debit_amount, credit_amount FROM ledger_checkpoint
    WHERE account_id = %(account)s AND last_transfer_id <= %(id)s
    ORDER BY last_transfer_id DESC LIMIT 1
) c ON true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which movements: older than one, of a type, posted since and before some moments."""

    before: int | None = None
    type: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """A transfer seen from one account; `balance` is what was in it afterwards, None if unknown."""

    transfer: Transfer
    is_debit: bool
    balance: int | None

    @property
    def other(self) -> Account:
        """Where it came from, or went to."""
        return self.transfer.credit_account if self.is_debit else self.transfer.debit_account


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of movements, newest first; `next_before` asks for the one after it."""

    account: Account
    movements: list[Movement]
    next_before: int | None


def statement(account: Account, asked: Asked | None = None) -> Statement:
    """
    A page of an account's movements, in a constant number of queries however many there are.

    With a type the balances are left out: what moved in between is not on the page.
    """
    wanted = asked or Asked()
    keys = _keys(account, wanted)
    page = keys[:PAGE]
    rows = Transfer.objects.select_related(
        "entry", "debit_account__organization", "credit_account__organization"
    ).in_bulk(page)
    balance = None if wanted.type or not page else _balance_upto(account, page[0])
    movements = []
    for key in page:
        transfer = rows[key]
        is_debit = transfer.debit_account_id == account.pk
        movements.append(Movement(transfer, is_debit, balance))
        if balance is not None:
            sides = {"debit_amount": 0, "credit_amount": 0}
            sides["debit_amount" if is_debit else "credit_amount"] = transfer.amount
            balance -= natural_amount(account.kind, **sides)
    return Statement(account, movements, page[-1] if len(keys) > PAGE else None)


def types_of(account: Account) -> list[str]:
    """The types of its latest movements, for choosing one."""
    latest = Transfer.objects.in_bulk(_keys(account, Asked(), limit=500)).values()
    return sorted({one.type for one in latest})


def _keys(account: Account, asked: Asked, limit: int = PAGE + 1) -> list[int]:
    """Each side by its own index: an OR would read a busy account whole."""
    sides = [
        _narrowed(Transfer.objects.filter(**{side: account}), asked).order_by("-pk")[:limit]
        for side in ("debit_account", "credit_account")
    ]
    found = [key for side in sides for key in side.values_list("pk", flat=True)]
    return sorted(found, reverse=True)[:limit]


def _narrowed(rows: QuerySet[Transfer], asked: Asked) -> QuerySet[Transfer]:
    wanted: dict[str, Any] = {
        "pk__lt": asked.before,
        "type": asked.type or None,
        "posted_at__gte": asked.since,
        "posted_at__lt": asked.until,
    }
    return rows.filter(**{name: value for name, value in wanted.items() if value is not None})


def _balance_upto(account: Account, key: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_UPTO, {"account": account.pk, "id": key})
        debit, credit = cursor.fetchone()
    return natural_amount(account.kind, debit_amount=debit, credit_amount=credit)
