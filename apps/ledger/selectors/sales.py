"""What a merchant's sales have come to, and whose have to be added up again."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q

from apps.ledger.kinds import AccountKind
from apps.ledger.models import Entry
from apps.organizations.models import Organization

# What stays the merchant's own, or was paid to it, takes nothing from its sales.
_OWN: Final = [
    str(kind) for kind in (AccountKind.PAYOUTS_DUE, AccountKind.RESERVED, AccountKind.HELD)
]
# Each side by its own index.
_TOTAL: Final = """
SELECT coalesce((
    SELECT sum(t.amount) FROM ledger_transfer t
    JOIN ledger_account o ON o.id = t.debit_account_id
    WHERE t.credit_account_id = a.id AND o.kind <> ALL(%(own)s)
        AND t.type NOT LIKE 'payout_fee.%%'
), 0) - coalesce((
    SELECT sum(t.amount) FROM ledger_transfer t
    JOIN ledger_account o ON o.id = t.credit_account_id
    WHERE t.debit_account_id = a.id AND o.kind <> ALL(%(own)s)
        AND t.type NOT LIKE 'payout_fee.%%'
), 0)
FROM ledger_account a
WHERE a.organization_id = %(organization)s AND a.kind = %(kind)s AND a.currency = %(currency)s
"""

# Whoever may still sell.
WATCHED: Final = ("active", "review", "snoozed", "offboarding")


def sales_total(organization_id: UUID) -> int:
    """
    What an organization has earned since it began: sales less fees, refunds and disputes.

    In minor units of the settlement currency; payouts and what is kept back take nothing from it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _TOTAL,
            {
                "organization": organization_id,
                "kind": AccountKind.MERCHANT_BALANCE,
                "currency": settings.SETTLEMENT_CURRENCY,
                "own": _OWN,
            },
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def unsummed_organization_ids(limit: int) -> list[UUID]:
    """
    Organizations whose books moved since their sales were last added up, longest ago first.

    Only by the machine's clock: those with a test clock are in the sandbox.
    """
    newer = Entry.objects.filter(
        organization=OuterRef("pk"), posted_at__gt=OuterRef("total_balance_at")
    )
    anything = Entry.objects.filter(organization=OuterRef("pk"))
    rows = Organization.objects.filter(
        status__in=WATCHED, deleted_at=None, clock_offset=timedelta()
    ).filter(Exists(newer) | Q(total_balance_at=None) & Exists(anything))
    ordered = rows.order_by(F("total_balance_at").asc(nulls_first=True), "pk")
    return list(ordered.values_list("pk", flat=True)[:limit])
