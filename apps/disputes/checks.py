"""What must hold between disputes, their payments and orders, and the ledger."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query, register_check

CHECKS: Final = (
    Check(
        name="disputes.orders_count_what_went_back",
        title="An order counts the refunds that succeeded and the disputes that were lost",
        area=Area.BOOKS,
        subject="orders.order",
        find=by_query("""
            SELECT o.id, format('counts %s+%s instead of %s+%s', o.refunded_amount,
                o.refunded_tax_amount, coalesce(b.net, 0), coalesce(b.tax, 0))
            FROM orders_order o LEFT JOIN (
                SELECT order_id, sum(net) AS net, sum(tax) AS tax FROM (
                    SELECT order_id, amount AS net, tax_amount AS tax FROM payments_refund
                    WHERE status = 'succeeded'
                    UNION ALL
                    SELECT order_id, counted_amount, counted_tax_amount FROM disputes_dispute
                ) went GROUP BY order_id
            ) b ON b.order_id = o.id
            WHERE o.refunded_amount <> coalesce(b.net, 0)
                OR o.refunded_tax_amount <> coalesce(b.tax, 0)"""),
        repair="Replay the provider's events: what is missing of them is taken up.",
    ),
    Check(
        name="disputes.withdrawals_are_posted",
        title="What a bank took is in the books, and what it brought back is undone in them",
        area=Area.BOOKS,
        subject="disputes.dispute",
        find=by_query("""
            SELECT d.id, format('%s, with %s booked and %s undone', d.status, count(e.id),
                count(u.id))
            FROM disputes_dispute d
            LEFT JOIN ledger_entry e ON e.reference = 'dispute:' || d.id
            LEFT JOIN ledger_entry u ON u.reference = 'reversal:dispute:' || d.id
            GROUP BY d.id
            HAVING count(e.id) <> (d.withdrawn_at IS NOT NULL)::int
                OR count(u.id) <> (d.reinstated_at IS NOT NULL)::int"""),
        repair="Replay the provider's events of the dispute.",
    ),
    Check(
        name="disputes.losses_are_posted",
        title="What a bank keeps is gone in the books, and nothing else is",
        area=Area.BOOKS,
        subject="disputes.dispute",
        find=by_query("""
            SELECT d.id, format('%s, with %s still contested', d.status, sum(
                CASE WHEN a.kind = 'contested_payments' THEN t.amount ELSE 0 END
                - CASE WHEN k.kind = 'contested_payments' THEN t.amount ELSE 0 END))
            FROM disputes_dispute d
            JOIN ledger_entry e ON e.details ->> 'dispute_id' = d.id::text
            JOIN ledger_transfer t ON t.entry_id = e.id
            JOIN ledger_account a ON a.id = t.debit_account_id
            JOIN ledger_account k ON k.id = t.credit_account_id
            GROUP BY d.id
            HAVING (sum(CASE WHEN a.kind = 'contested_payments' THEN t.amount ELSE 0 END
                - CASE WHEN k.kind = 'contested_payments' THEN t.amount ELSE 0 END) <> 0)
                <> (d.withdrawn_at IS NOT NULL AND d.reinstated_at IS NULL
                    AND d.status <> 'lost')"""),
        repair="Replay the provider's events of the dispute.",
    ),
    Check(
        name="disputes.payments_know_they_are_contested",
        title="A payment is shut for refunds while its dispute is open, and only then",
        area=Area.RECORDS,
        subject="payments.payment",
        find=by_query("""
            SELECT p.id, CASE WHEN p.contested_at IS NULL THEN 'open in spite of a dispute'
                ELSE 'shut without a dispute' END
            FROM payments_payment p
            WHERE (p.contested_at IS NOT NULL) <> EXISTS (
                SELECT 1 FROM disputes_dispute d WHERE d.payment_id = p.id
                    AND d.status IN ('needs_response', 'under_review') AND NOT d.is_inquiry)"""),
        repair="Replay the provider's last event of the dispute.",
    ),
    Check(
        name="disputes.acceptances_are_answered",
        title="No accepted dispute waits for its outcome for long",
        text="The processor was asked within a day.",
        area=Area.FLOW,
        subject="disputes.dispute",
        find=by_query("""
            SELECT d.id, format('asked for on %s', d.accept_asked_at::date)
            FROM disputes_dispute d JOIN organizations_organization o ON o.id = d.organization_id
            WHERE d.accepted_at IS NULL
                AND d.accept_asked_at < :at::timestamptz + o.clock_offset - interval '1 day'"""),
        repair="See that the periodic job disputes.resume_acceptances runs.",
        repair_page="periodic_jobs",
    ),
)


def register() -> None:
    """Called once, when the app is ready."""
    for check in CHECKS:
        register_check(check)
