"""Sums of the transfers, compared with everything that is kept or shown of them."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query
from apps.ledger.kinds import DEBIT_NORMAL, NEVER_NEGATIVE
from apps.ledger.selectors.accounts import ALL_BALANCES

# Every account with its two sums from the first transfer on: two passes over them, no index.
ACCOUNT_SUMS: Final = """
    SELECT a.id, a.kind, a.currency, a.organization_id,
        coalesce(d.amount, 0) AS debit, coalesce(k.amount, 0) AS credit
    FROM ledger_account a
    LEFT JOIN (SELECT debit_account_id AS id, sum(amount) AS amount
        FROM ledger_transfer GROUP BY 1) d ON d.id = a.id
    LEFT JOIN (SELECT credit_account_id AS id, sum(amount) AS amount
        FROM ledger_transfer GROUP BY 1) k ON k.id = a.id"""


def _kinds(kinds: frozenset[str]) -> str:
    return ", ".join(f"'{kind!s}'" for kind in sorted(kinds))


CHECKS: Final = (
    Check(
        name="ledger.books_balance",
        title="The books of every currency balance",
        text="All debits are all credits, summed over the accounts.",
        area=Area.BOOKS,
        find=by_query(f"""
            SELECT currency, format('%s debited, %s credited', sum(debit), sum(credit))
            FROM ({ACCOUNT_SUMS}) s GROUP BY currency HAVING sum(debit) <> sum(credit)"""),  # noqa: S608
        repair="An account is missing or has another currency: see the checks of transfers.",
        repair_page="ledger_account_changelist",
    ),
    Check(
        name="ledger.checkpoints_are_sums",
        title="A checkpoint is the sum of the transfers up to it",
        area=Area.BOOKS,
        subject="ledger.account",
        find=by_query("""
            WITH sides AS (
                SELECT debit_account_id AS account_id, id, amount AS debit, 0::bigint AS credit
                FROM ledger_transfer
                UNION ALL SELECT credit_account_id, id, 0, amount FROM ledger_transfer
            )
            SELECT c.account_id, format('checkpoint %s: %s/%s instead of %s/%s',
                c.last_transfer_id, c.debit_amount, c.credit_amount,
                coalesce(sum(s.debit), 0), coalesce(sum(s.credit), 0))
            FROM ledger_checkpoint c LEFT JOIN sides s
                ON s.account_id = c.account_id AND s.id <= c.last_transfer_id
            GROUP BY c.id HAVING c.debit_amount <> coalesce(sum(s.debit), 0)
                OR c.credit_amount <> coalesce(sum(s.credit), 0)"""),
        repair="Delete the checkpoint: balances are read from the transfers until the next.",
    ),
    Check(
        name="ledger.checkpoints_follow_one_another",
        title="A checkpoint is the one before it and the transfers since",
        text="Reads the transfers between the last two alone, however long the books are.",
        area=Area.BOOKS,
        subject="ledger.account",
        find=by_query("""
            SELECT n.account_id, format('checkpoint %s does not follow from %s',
                n.last_transfer_id, b.last_transfer_id)
            FROM ledger_checkpoint n
            JOIN LATERAL (
                SELECT * FROM ledger_checkpoint WHERE account_id = n.account_id
                    AND last_transfer_id < n.last_transfer_id
                ORDER BY last_transfer_id DESC LIMIT 1
            ) b ON true
            WHERE n.debit_amount <> b.debit_amount + coalesce((SELECT sum(amount)
                    FROM ledger_transfer WHERE debit_account_id = n.account_id
                    AND id > b.last_transfer_id AND id <= n.last_transfer_id), 0)
                OR n.credit_amount <> b.credit_amount + coalesce((SELECT sum(amount)
                    FROM ledger_transfer WHERE credit_account_id = n.account_id
                    AND id > b.last_transfer_id AND id <= n.last_transfer_id), 0)"""),
        repair="Delete the later checkpoint: balances are read from the transfers until the next.",
    ),
    Check(
        name="ledger.balances_are_sums",
        title="A balance that is shown is the sum of its transfers",
        text="By the statement that screens and payouts read balances with.",
        area=Area.BOOKS,
        subject="ledger.account",
        find=by_query(f"""
            SELECT s.id, format('%s/%s instead of %s/%s', b.debit, b.credit, s.debit, s.credit)
            FROM ({ACCOUNT_SUMS}) s
            JOIN ({ALL_BALANCES}) b (id, debit, credit) ON b.id = s.id
            WHERE b.debit <> s.debit OR b.credit <> s.credit"""),  # noqa: S608
        repair="Delete the account's checkpoints: balances are read from the transfers again.",
    ),
    Check(
        name="ledger.nothing_is_negative",
        title="Nothing is below zero that may not be",
        text="Tax, fees, clearing, money without an owner, and what is on its way to merchants.",
        area=Area.BOOKS,
        subject="ledger.account",
        find=by_query(f"""
            SELECT id, format('%s %s %s', kind, amount, currency) FROM (
                SELECT *, CASE WHEN kind IN ({_kinds(DEBIT_NORMAL)})
                    THEN debit - credit ELSE credit - debit END AS amount
                FROM ({ACCOUNT_SUMS}) s WHERE kind IN ({_kinds(NEVER_NEGATIVE)})
            ) n WHERE amount < 0"""),  # noqa: S608
        repair="Look at the latest movements of the account: one took more than there was.",
    ),
)
