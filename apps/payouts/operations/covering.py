"""Which transfers of a merchant's balance a payout pays: each of them once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from apps.core.origin import Origin
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Entry
from apps.payouts.models import Payout, PayoutLine

# Each side by its own index.
_SIDE = """
    SELECT t.id, {sign} t.amount AS amount FROM ledger_account a
    JOIN ledger_transfer t ON t.{side}_account_id = a.id
    WHERE a.organization_id = %(organization)s AND a.kind = %(kind)s AND a.currency = %(currency)s
        AND {{condition}}"""
_BOTH = _SIDE.format(sign="", side="credit") + " UNION ALL " + _SIDE.format(sign="-", side="debit")
_INSERT = """
    INSERT INTO payouts_payoutline (payout_id, transfer_id, amount)
    SELECT %(payout)s, m.id, m.amount FROM ({transfers}) m
"""
_AVAILABLE = _BOTH.format(
    condition="""(t.available_at IS NULL OR t.available_at <= %(at)s) AND NOT EXISTS (
        SELECT 1 FROM payouts_payoutline l WHERE l.transfer_id = t.id AND l.released_at IS NULL)"""
)
_COVER_AVAILABLE = f"""
    WITH made AS ({_INSERT.format(transfers=_AVAILABLE)} RETURNING amount)
    SELECT coalesce(sum(amount), 0)::bigint FROM made
"""  # noqa: S608
_COVER_ENTRIES = _INSERT.format(transfers=_BOTH.format(condition="t.entry_id = ANY(%(entries)s)"))


def cover_available(*, payout_id: UUID, organization_id: UUID, at: datetime) -> int:
    """
    Give a payout, whose row follows, all that is available at `at` and paid by no other.

    Returns what it adds up to. The organization is locked.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _COVER_AVAILABLE, {**_account(organization_id), "payout": payout_id, "at": at}
        )
        return int(cursor.fetchone()[0])


def cover_entries(*, payout: Payout, entries: Sequence[Entry]) -> None:
    """Give a payout its own entries: what it costs and what it takes."""
    with connection.cursor() as cursor:
        facts: dict[str, Any] = {"payout": payout.pk, "entries": [entry.pk for entry in entries]}
        cursor.execute(_COVER_ENTRIES, {**_account(payout.organization_id), **facts})


def release_lines(*, payout: Payout, origin: Origin) -> None:
    """Let another payout pay what a canceled one would have."""
    PayoutLine.objects.filter(payout=payout, released_at=None).update(released_at=origin.at)


def _account(organization_id: UUID) -> dict[str, Any]:
    return {
        "organization": organization_id,
        "kind": AccountKind.MERCHANT_BALANCE,
        "currency": settings.SETTLEMENT_CURRENCY,
    }
