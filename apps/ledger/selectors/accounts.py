"""Accounts and what is in them: exact, from the last checkpoint plus the transfers since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Q

from apps.core.prepared import ID_MARK, Prepared, one_of
from apps.ledger.books import Place
from apps.ledger.kinds import AccountKind, natural_amount
from apps.ledger.models import Account

# Those of some organizations and the platform's own: a few dozen.
_accounts = Prepared(
    lambda value: Account.objects.filter(
        Q(one_of("organization", value)) | Q(organization=None)
    ).order_by(),
    mark=ID_MARK,
)


@dataclass(frozen=True, slots=True)
class Balance:
    """The two sums of an account and the balance they leave, in minor units of `currency`."""

    kind: str
    currency: str
    debit_amount: int
    credit_amount: int

    @property
    def amount(self) -> int:
        """Positive when there is money of that kind; a merchant's below zero is a debt."""
        return natural_amount(
            self.kind, debit_amount=self.debit_amount, credit_amount=self.credit_amount
        )


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account beside its balance."""

    account: Account
    balance: Balance


def accounts_at(places: Sequence[Place]) -> dict[Place, Account]:
    """The accounts that exist at `places`."""
    wanted = set(places)
    organizations = list({place.organization_id for place in places if place.organization_id})
    found = {
        Place(AccountKind(row.kind), row.currency, row.organization_id): row
        for row in _accounts.rows(organizations)
    }
    return {place: row for place, row in found.items() if place in wanted}


# Each side has an index on (account, id), so only the tail after the checkpoint is read.
ALL_BALANCES: Final = """
SELECT a.id,
       (coalesce(c.debit_amount, 0) + coalesce(d.amount, 0))::bigint,
       (coalesce(c.credit_amount, 0) + coalesce(k.amount, 0))::bigint
FROM ledger_account a
LEFT JOIN LATERAL (
    SELECT last_transfer_id, debit_amount, credit_amount FROM ledger_checkpoint
    WHERE account_id = a.id ORDER BY last_transfer_id DESC LIMIT 1
) c ON true
LEFT JOIN LATERAL (
    SELECT sum(amount) AS amount FROM ledger_transfer
    WHERE debit_account_id = a.id AND id > coalesce(c.last_transfer_id, 0)
) d ON true
LEFT JOIN LATERAL (
    SELECT sum(amount) AS amount FROM ledger_transfer
    WHERE credit_account_id = a.id AND id > coalesce(c.last_transfer_id, 0)
) k ON true
"""
_BALANCES: Final = f"{ALL_BALANCES} WHERE a.id = ANY(%s)"


def balances(accounts: Iterable[Account]) -> list[AccountBalance]:
    """The balance of each account, in the order given; one query however many there are."""
    wanted = list(accounts)
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, [[account.pk for account in wanted]])
        sums = {pk: (debit, credit) for pk, debit, credit in cursor.fetchall()}
    return [
        AccountBalance(account, Balance(account.kind, account.currency, *sums[account.pk]))
        for account in wanted
    ]


def balance(account: Account) -> Balance:
    """The balance of one account."""
    return balances([account])[0].balance


def balances_of(organization_id: UUID | None) -> list[AccountBalance]:
    """All accounts of an organization with their balances; None for the platform's own."""
    accounts = Account.objects.order_by("kind", "currency")
    if organization_id is None:
        return balances(accounts.filter(organization=None))
    return balances(accounts.filter(organization_id=organization_id))


_SUMS: Final = """
SELECT a.id, a.organization_id, a.kind, a.currency, coalesce(d.sum, 0), coalesce(c.sum, 0)
FROM ledger_account a
LEFT JOIN (
    SELECT debit_account_id AS id, sum(amount) AS sum FROM ledger_transfer GROUP BY 1
) d ON d.id = a.id
LEFT JOIN (
    SELECT credit_account_id AS id, sum(amount) AS sum FROM ledger_transfer GROUP BY 1
) c ON c.id = a.id
ORDER BY a.id
"""


def balances_digest() -> tuple[str, int]:
    """
    SHA-256 over both sums of every account, and how many accounts there are.

    From the transfers themselves, not from checkpoints: equal digests mean equal books.
    """
    digest, count = hashlib.sha256(), 0
    with connection.cursor() as cursor:
        cursor.execute(_SUMS)
        for row in cursor:
            digest.update("|".join(map(str, row)).encode() + b"\n")
            count += 1
    return digest.hexdigest(), count
