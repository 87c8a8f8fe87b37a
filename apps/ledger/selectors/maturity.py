"""What a merchant may be paid out now, and when the rest follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from apps.core.money import format_amount
from apps.ledger.kinds import AccountKind


@dataclass(frozen=True, slots=True)
class Release:
    """What becomes available on one day, all of it by `at`; below zero more is taken than given."""

    at: datetime
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantMoney:
    """
    A merchant's balance in one currency, by when it may be paid out.

    `available_amount` may be below zero; `releases` are in order of their days and add up to
    `pending_amount`.
    """

    currency: str
    balance_amount: int
    releases: tuple[Release, ...] = ()

    @property
    def pending_amount(self) -> int:
        """What is not available yet."""
        return sum(release.amount for release in self.releases)

    @property
    def available_amount(self) -> int:
        """What may be paid out."""
        return self.balance_amount - self.pending_amount

    @property
    def next_release(self) -> Release | None:
        """The next day on which more becomes available."""
        return next((release for release in self.releases if release.amount > 0), None)

    @property
    def is_available_from(self) -> datetime | None:
        """From when all of it is available; None if it is now."""
        return self.releases[-1].at if self.releases else None

    def __str__(self) -> str:
        return format_amount(self.available_amount, self.currency)


# One statement, hence one snapshot: a sale or refund that commits meanwhile is in both sums or in
# neither. What matures is found by the partial indexes of (account, available_at).
_MONEY = """
SELECT
    (coalesce(c.credit_amount, 0) + coalesce(k.amount, 0)
        - coalesce(c.debit_amount, 0) - coalesce(d.amount, 0))::bigint,
    m.at, m.amount::bigint
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
LEFT JOIN LATERAL (
    SELECT max(available_at) AS at, sum(amount) AS amount FROM (
        SELECT available_at, amount FROM ledger_transfer
        WHERE credit_account_id = a.id AND available_at > %(at)s
        UNION ALL
        SELECT available_at, -amount FROM ledger_transfer
        WHERE debit_account_id = a.id AND available_at > %(at)s
    ) t GROUP BY (available_at AT TIME ZONE 'UTC')::date
) m ON true
WHERE a.organization_id = %(organization)s AND a.kind = %(kind)s AND a.currency = %(currency)s
ORDER BY m.at
"""


def merchant_money(organization_id: UUID, *, currency: str, at: datetime) -> MerchantMoney:
    """What a merchant has at `at`; nothing for one who never sold in `currency`."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MONEY,
            {
                "organization": organization_id,
                "kind": AccountKind.MERCHANT_BALANCE,
                "currency": currency,
                "at": at,
            },
        )
        rows = cursor.fetchall()
    return MerchantMoney(
        currency=currency,
        balance_amount=rows[0][0] if rows else 0,
        releases=tuple(Release(row[1], row[2]) for row in rows if row[1] is not None),
    )
