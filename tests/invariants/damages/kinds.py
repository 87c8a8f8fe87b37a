"""
Damage that no operation does: written straight into the database, past triggers and constraints.

Each leaves one thing wrong, and names the check that has to find it. `{…}` are ids of the world.
"""

from __future__ import annotations

from typing import NamedTuple


class Damage(NamedTuple):
    """What is wrong, who has to say so, and how it came to be."""

    name: str
    check: str
    sql: str
    # Constraints that stand in the way: `table.constraint`, or the name of an index.
    without: tuple[str, ...] = ()


TRANSFER = """
    INSERT INTO ledger_transfer (entry_id, type, debit_account_id, credit_account_id, amount,
        currency, posted_at, available_at)
    SELECT entry_id, type, debit_account_id, credit_account_id, amount, currency, posted_at,
        available_at FROM ledger_transfer t WHERE """
ENTRY = """
    INSERT INTO ledger_entry (id, organization_id, reference, type, order_id, payment_id, details,
        posted_at)
    SELECT gen_random_uuid(), organization_id, {reference}, type, order_id, {payment}, details,
        posted_at FROM ledger_entry WHERE """
OF = "entry_id IN (SELECT id FROM ledger_entry WHERE reference LIKE '{}')"
ACCOUNT = "(SELECT id FROM ledger_account WHERE kind = '{}' AND currency = 'usd' LIMIT 1)"
