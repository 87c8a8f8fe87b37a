"""The record of tax and the ledger say the same."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query, register_check

CHECKS: Final = (
    Check(
        name="tax.records_are_the_ledgers",
        title="The record of tax is what the ledger owes",
        text="Entry by entry: each that moves tax has its record, with its order and amount.",
        area=Area.BOOKS,
        subject="ledger.entry",
        find=by_query("""
            SELECT coalesce(l.id, r.entry_id), format('%s in the ledger, %s recorded',
                coalesce(l.amount, 0), coalesce(r.amount, 0))
            FROM (
                SELECT e.id, e.organization_id, e.order_id, t.currency,
                    sum(CASE a.id WHEN t.credit_account_id THEN t.amount ELSE -t.amount END)
                        AS amount
                FROM ledger_account a
                JOIN ledger_transfer t ON a.id IN (t.credit_account_id, t.debit_account_id)
                JOIN ledger_entry e ON e.id = t.entry_id
                WHERE a.kind = 'tax_liability' AND e.organization_id IS NOT NULL
                GROUP BY e.id, t.currency
                HAVING sum(CASE a.id WHEN t.credit_account_id THEN t.amount ELSE -t.amount END) <> 0
            ) l
            FULL JOIN tax_taxrecord r ON r.entry_id = l.id AND r.currency = l.currency
            WHERE r.amount IS DISTINCT FROM l.amount
                OR r.order_id IS DISTINCT FROM l.order_id
                OR r.organization_id IS DISTINCT FROM l.organization_id"""),
        repair="Compare both with the order, and record what is missing.",
    ),
    Check(
        name="tax.refunds_came_back_whole",
        title="Tax that came back is what had gone",
        text="A record that undoes another has its amount the other way round, of the same order.",
        area=Area.RECORDS,
        subject="tax.taxrecord",
        find=by_query("""
            SELECT r.id, format('%s undoes %s', r.amount, coalesce(o.amount::text, 'nothing'))
            FROM tax_taxrecord r
            LEFT JOIN tax_taxrecord o ON o.entry_id = r.corrects_entry_id
            WHERE r.kind IN ('refund_came_back', 'dispute_came_back')
                AND (o.id IS NULL OR r.amount <> -o.amount
                    OR r.order_id IS DISTINCT FROM o.order_id)"""),
        repair="Compare both with their entries, and post a correction for the difference.",
    ),
)


def register() -> None:
    """Called once, when the app is ready."""
    for check in CHECKS:
        register_check(check)
