"""What must hold of the comparison with the processor's statement."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query, register_check

CHECKS: Final = (
    Check(
        name="reconciliation.discrepancies_are_settled",
        title="What the processor and the books say differently is settled in three days",
        area=Area.FLOW,
        subject="reconciliation.discrepancy",
        find=by_query("""
            SELECT d.id, format('%s: %s here, %s there, %s', d.kind,
                coalesce(d.here_amount::text, 'nothing'),
                coalesce(d.there_amount::text, 'nothing'), d.currency)
            FROM reconciliation_discrepancy d
            WHERE d.status = 'open' AND d.created_at < :at::timestamptz - interval '3 days'"""),
        repair="Repair or explain it on its page.",
    ),
    Check(
        name="reconciliation.matches_are_in_the_ledger",
        title="The entries that a line of the statement is matched to are there",
        area=Area.BOOKS,
        subject="reconciliation.balancetransaction",
        find=by_query("""
            SELECT l.transaction_id, l.entry_id FROM reconciliation_entrylink l
            JOIN reconciliation_balancetransaction t ON t.id = l.transaction_id
            WHERE t.status = 'matched' AND NOT EXISTS (
                SELECT 1 FROM ledger_entry e WHERE e.id = l.entry_id)"""),
        repair="Let the reconciliation run: it proposes how to book it again.",
        repair_page="reconciliation",
    ),
)


def register() -> None:
    """Called once, when the app is ready."""
    for check in CHECKS:
        register_check(check)
