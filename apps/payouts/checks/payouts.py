"""Payouts: what they are made of, once, and what is invoiced for them."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query

CHECKS: Final = (
    Check(
        name="payouts.payouts_are_their_lines",
        title="A payout is what its lines are, and they its",
        text="What it pays of the balance, its fees and itself add up to nothing.",
        area=Area.BOOKS,
        subject="payouts.payout",
        find=by_query("""
            SELECT p.id, format('lines leave %s', coalesce(sum(l.amount), -p.gross_amount))
            FROM payouts_payout p
            LEFT JOIN payouts_payoutline l ON l.payout_id = p.id AND l.released_at IS NULL
            WHERE p.status <> 'canceled' GROUP BY p.id HAVING coalesce(sum(l.amount), -1) <> 0"""),
        repair="Cancel the payout if it has not left, and make it again.",
    ),
    Check(
        name="payouts.lines_are_transfers",
        title="A line of a payout is a transfer of its merchant's balance",
        text="With the transfer's amount: positive for what came into the balance.",
        area=Area.RECORDS,
        subject="payouts.payout",
        find=by_query("""
            SELECT l.payout_id, format('line of %s for transfer %s of %s', l.amount,
                l.transfer_id, coalesce(t.amount::text, 'nothing'))
            FROM payouts_payoutline l JOIN payouts_payout p ON p.id = l.payout_id
            LEFT JOIN ledger_transfer t ON t.id = l.transfer_id AND t.currency = p.currency
            LEFT JOIN ledger_account a ON a.id IN (t.debit_account_id, t.credit_account_id)
                AND a.kind = 'merchant_balance' AND a.organization_id = p.organization_id
            WHERE l.released_at IS NULL AND l.amount IS DISTINCT FROM
                CASE a.id WHEN t.credit_account_id THEN t.amount
                    WHEN t.debit_account_id THEN -t.amount END"""),
        repair="Cancel the payout if it has not left, and make it again.",
    ),
    Check(
        name="payouts.transfers_are_paid_once",
        title="Nothing of a balance is paid out twice",
        area=Area.BOOKS,
        subject="payouts.payout",
        find=by_query("""
            SELECT min(payout_id::text), format('transfer %s is in %s payouts', transfer_id,
                count(*))
            FROM payouts_payoutline WHERE released_at IS NULL
            GROUP BY transfer_id HAVING count(*) > 1"""),
        repair="Cancel the later payout if it has not left.",
    ),
    Check(
        name="payouts.canceled_payouts_keep_no_lines",
        title="A canceled payout keeps no lines",
        area=Area.BOOKS,
        subject="payouts.payout",
        find=by_query("""
            SELECT p.id, count(*) || ' lines' FROM payouts_payout p
            JOIN payouts_payoutline l ON l.payout_id = p.id AND l.released_at IS NULL
            WHERE p.status = 'canceled' GROUP BY p.id"""),
        repair="Its money cannot be paid out before its lines are released.",
    ),
    Check(
        name="payouts.invoice_numbers_are_once",
        title="A reverse invoice has a number of its own",
        area=Area.RECORDS,
        subject="payouts.payout",
        find=by_query("""
            SELECT min(id::text), format('%s %s times', invoice_number, count(*))
            FROM payouts_payout GROUP BY organization_id, invoice_number HAVING count(*) > 1"""),
        repair="Correct the later invoice with a note of credit.",
    ),
    Check(
        name="payouts.invoices_are_their_payouts",
        title="A reverse invoice is what its payout is",
        text="Issued for a payout that has succeeded; its transactions add up to what was paid.",
        area=Area.RECORDS,
        subject="payouts.payout",
        find=by_query("""
            SELECT p.id, format('%s: %s paid, %s invoiced, %s', p.invoice_number, p.amount,
                coalesce(sum(l.amount), 0), p.status)
            FROM payouts_payout p LEFT JOIN (
                SELECT l.payout_id, l.amount, e.reference FROM payouts_payoutline l
                JOIN ledger_transfer t ON t.id = l.transfer_id
                JOIN ledger_entry e ON e.id = t.entry_id WHERE l.released_at IS NULL
            ) l ON l.payout_id = p.id AND l.reference <> 'payout:' || p.id
            WHERE p.invoice_issued_at IS NOT NULL GROUP BY p.id
            HAVING p.status <> 'succeeded' OR p.amount <> coalesce(sum(l.amount), 0)"""),
        repair="Correct the invoice with a note of credit.",
    ),
)
