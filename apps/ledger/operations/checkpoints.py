"""
Checkpoints: sums of accounts up to a transfer id below which nothing can appear any more.

Ids are handed out before a transaction commits, so the highest visible id says nothing about
lower ones still in flight, nor do the ids of the transactions that wrote the visible rows. The
horizon is therefore marked first and used later: see docs/algorithms/ledger_balances.md.
"""

from __future__ import annotations

from django.db import connection, transaction

from apps.core.origin import Origin
from apps.ledger.models import Horizon

# Serializes takers; sales never take it.
_LOCK = 0x1ED6E4

_TAKE = """
WITH floor AS (SELECT coalesce(max(last_transfer_id), 0) AS id FROM ledger_checkpoint),
moved AS (
    SELECT account_id, sum(debit) AS debit, sum(credit) AS credit FROM (
        SELECT debit_account_id AS account_id, amount AS debit, 0 AS credit
        FROM ledger_transfer, floor WHERE ledger_transfer.id > floor.id
            AND ledger_transfer.id <= %(horizon)s
        UNION ALL
        SELECT credit_account_id, 0, amount
        FROM ledger_transfer, floor WHERE ledger_transfer.id > floor.id
            AND ledger_transfer.id <= %(horizon)s
    ) sides GROUP BY account_id
)
INSERT INTO ledger_checkpoint
    (account_id, last_transfer_id, debit_amount, credit_amount, taken_at)
SELECT moved.account_id, %(horizon)s,
       coalesce(before.debit_amount, 0) + moved.debit,
       coalesce(before.credit_amount, 0) + moved.credit, %(at)s
FROM moved
LEFT JOIN LATERAL (
    SELECT debit_amount, credit_amount FROM ledger_checkpoint
    WHERE account_id = moved.account_id ORDER BY last_transfer_id DESC LIMIT 1
) before ON true
"""


def take_checkpoints(*, origin: Origin) -> int:
    """
    Move every account's checkpoint up to the newest safe horizon; how many were written.

    Marks a new horizon, then uses the newest one that is safe: the new one on a quiet system,
    else one marked by an earlier run. Never waits for sales and makes none wait. Running it
    again, or twice at once, is harmless.
    """
    mark_horizon(origin=origin)
    return settle_horizon(origin=origin)


@transaction.atomic
def forget_horizons(*, origin: Origin) -> int:
    """
    Drop the marks that wait, after the tables have moved to another server; how many.

    Their transaction ids mean nothing there. The next mark is taken as if it were the first.
    """
    return Horizon.objects.all().delete()[0]


@transaction.atomic(durable=True)
def mark_horizon(*, origin: Origin) -> Horizon:
    """
    Remember the last transfer id handed out, and a transaction id taken after it.

    A transaction of its own: an id it was given earlier would be too low to bound the others.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM ledger_transfer_id_seq"
        )
        transfer_id = cursor.fetchone()[0]
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        xid = cursor.fetchone()[0]
    return Horizon.objects.create(transfer_id=transfer_id, xid=xid, seen_at=origin.at)


@transaction.atomic(durable=True)
def settle_horizon(*, origin: Origin) -> int:
    """Write checkpoints up to the newest marked horizon whose older transactions have all ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        oldest_running = cursor.fetchone()[0]
    horizon = Horizon.objects.filter(xid__lte=oldest_running).order_by("-transfer_id").first()
    if horizon is None:
        return 0
    with connection.cursor() as cursor:
        # A later statement than the one that read the oldest transaction, hence a snapshot that
        # sees all that ended before it.
        cursor.execute(_TAKE, {"horizon": horizon.transfer_id, "at": origin.at})
        written: int = cursor.rowcount
    Horizon.objects.filter(transfer_id__lte=horizon.transfer_id).delete()
    _forget_superseded()
    return written


def _forget_superseded() -> None:
    """Keep the latest two checkpoints of an account: one in use and one to compare with."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM ledger_checkpoint c USING ("
            " SELECT id, row_number() OVER (PARTITION BY account_id"
            " ORDER BY last_transfer_id DESC) AS age FROM ledger_checkpoint) ranked"
            " WHERE ranked.id = c.id AND ranked.age > 2"
        )
