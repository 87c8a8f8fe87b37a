"""Entries and their transfers: double entry, each cause once, corrections whole."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query

_RESTORE: Final = "Rows of the ledger never change: restore them from a backup."

CHECKS: Final = (
    Check(
        name="ledger.entries_have_transfers",
        title="An entry has transfers",
        area=Area.BOOKS,
        subject="ledger.entry",
        find=by_query("""
            SELECT e.id, format('%s has no transfer', e.reference) FROM ledger_entry e
            WHERE NOT EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.entry_id = e.id)"""),
        repair=_RESTORE,
    ),
    Check(
        name="ledger.transfers_join_accounts",
        title="A transfer is positive and joins two accounts of its currency",
        text="Its entry and both of its accounts exist.",
        area=Area.BOOKS,
        subject="ledger.transfer",
        find=by_query("""
            SELECT t.id, concat_ws(' ', t.amount, t.currency, 'from',
                coalesce(k.currency, 'no account'), 'to', coalesce(d.currency, 'no account'),
                CASE WHEN e.id IS NULL THEN 'without an entry' END)
            FROM ledger_transfer t
            LEFT JOIN ledger_entry e ON e.id = t.entry_id
            LEFT JOIN ledger_account d ON d.id = t.debit_account_id
            LEFT JOIN ledger_account k ON k.id = t.credit_account_id
            WHERE t.amount <= 0 OR t.debit_account_id = t.credit_account_id OR e.id IS NULL
                OR d.currency IS DISTINCT FROM t.currency
                OR k.currency IS DISTINCT FROM t.currency"""),
        repair=_RESTORE,
    ),
    Check(
        name="ledger.accounts_are_once",
        title="There is one account of a kind, currency and owner",
        area=Area.BOOKS,
        subject="ledger.account",
        find=by_query("""
            SELECT min(id::text), format('%s %s %s times', kind, currency, count(*))
            FROM ledger_account GROUP BY organization_id, kind, currency HAVING count(*) > 1"""),
        repair=_RESTORE,
    ),
    Check(
        name="ledger.accounts_are_their_owners",
        title="A merchant's account is touched by its own entries only",
        area=Area.BOOKS,
        subject="ledger.transfer",
        find=by_query("""
            SELECT t.id, format('%s touches %s of another', e.reference, a.kind)
            FROM ledger_transfer t JOIN ledger_entry e ON e.id = t.entry_id
            JOIN ledger_account a ON a.id IN (t.debit_account_id, t.credit_account_id)
            WHERE a.organization_id <> coalesce(e.organization_id,
                '00000000-0000-0000-0000-000000000000')"""),
        repair="Post an entry that moves the money to where it belongs.",
    ),
    Check(
        name="ledger.references_are_once",
        title="A cause is posted once",
        text="No two entries have the same reference.",
        area=Area.BOOKS,
        subject="ledger.entry",
        find=by_query("""
            SELECT min(id::text), format('%s %s times', reference, count(*))
            FROM ledger_entry GROUP BY reference HAVING count(*) > 1"""),
        repair="Post a correction of the entry that is too much.",
    ),
    Check(
        name="ledger.payments_are_booked_once",
        title="A payment is booked once",
        text="As a sale, or as money that nobody has a use for.",
        area=Area.BOOKS,
        subject="payments.payment",
        find=by_query("""
            SELECT payment_id, format('%s %s times', min(reference), count(*)) FROM ledger_entry
            WHERE type IN ('payment', 'unclaimed_payment') AND payment_id IS NOT NULL
            GROUP BY payment_id HAVING count(*) > 1"""),
        repair="Post a correction of the entry that is too much.",
    ),
    Check(
        name="ledger.payments_reach_their_merchants",
        title="A booked payment was given to its merchant",
        text="Nothing of a payment stays in clearing.",
        area=Area.BOOKS,
        subject="payments.payment",
        find=by_query("""
            SELECT payment_id, format('%s: %s %s left in clearing', min(reference), sum(amount),
                currency)
            FROM (
                SELECT e.payment_id, e.reference, t.currency, t.amount FROM ledger_transfer t
                JOIN ledger_entry e ON e.id = t.entry_id
                JOIN ledger_account k ON k.id = t.credit_account_id AND k.kind = 'sales_clearing'
                UNION ALL
                SELECT e.payment_id, e.reference, t.currency, -t.amount FROM ledger_transfer t
                JOIN ledger_entry e ON e.id = t.entry_id
                JOIN ledger_account d ON d.id = t.debit_account_id AND d.kind = 'sales_clearing'
            ) moved GROUP BY payment_id, currency HAVING sum(amount) <> 0"""),
        repair="Replay the provider's event of the payment: what is missing is posted.",
    ),
    Check(
        name="ledger.corrections_are_whole",
        title="What is undone is undone whole",
        text="A reversal has every transfer of the entry it corrects, the other way round.",
        area=Area.BOOKS,
        subject="ledger.entry",
        find=by_query("""
            SELECT x.id, format('%s of %s is not undone', x.amount, x.reference) FROM (
                SELECT c.id, c.reference, t.debit_account_id AS debit, t.credit_account_id
                    AS credit, t.amount, count(*) AS n
                FROM ledger_entry c JOIN ledger_transfer t ON t.entry_id = c.corrects_id
                WHERE c.reference LIKE 'reversal:%' GROUP BY 1, 2, 3, 4, 5
            ) x LEFT JOIN (
                SELECT c.id, t.credit_account_id AS debit, t.debit_account_id AS credit, t.amount,
                    count(*) AS n
                FROM ledger_entry c JOIN ledger_transfer t ON t.entry_id = c.id
                WHERE c.reference LIKE 'reversal:%' GROUP BY 1, 2, 3, 4
            ) y ON y.id = x.id AND y.debit = x.debit AND y.credit = x.credit
                AND y.amount = x.amount
            WHERE coalesce(y.n, 0) < x.n"""),
        repair="Post an entry for what is missing.",
    ),
    Check(
        name="ledger.nothing_matures_early",
        title="Nothing matures before it is posted",
        area=Area.BOOKS,
        subject="ledger.transfer",
        find=by_query("""
            SELECT t.id, format('%s available at %s, posted at %s', e.reference,
                t.available_at, t.posted_at)
            FROM ledger_transfer t JOIN ledger_entry e ON e.id = t.entry_id
            JOIN ledger_account a ON a.id IN (t.debit_account_id, t.credit_account_id)
                AND a.kind = 'merchant_balance'
            WHERE e.corrects_id IS NULL AND t.available_at < t.posted_at"""),
        repair="Hold the payouts of the organization until the money has matured.",
    ),
    Check(
        name="ledger.sales_mature",
        title="A sale has a time from which it may be paid out",
        area=Area.RECORDS,
        subject="ledger.entry",
        find=by_query("""
            SELECT e.id, format('%s may be paid out at once', e.reference)
            FROM ledger_transfer t JOIN ledger_entry e ON e.id = t.entry_id
            WHERE e.type = 'balance' AND t.available_at IS NULL"""),
        repair="Hold the payouts of the organization until the money has matured.",
    ),
)
