"""What must hold between refunds, their payments and orders, and the ledger."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query

CHECKS: Final = (
    Check(
        name="payments.refunds_are_posted",
        title="A refund that succeeded is in the books, and one that failed is undone in them",
        area=Area.BOOKS,
        subject="payments.refund",
        find=by_query("""
            SELECT r.id, format('%s, with %s booked and %s undone', r.status, count(e.id),
                count(u.id))
            FROM payments_refund r
            LEFT JOIN ledger_entry e ON e.reference = 'refund:' || r.id
            LEFT JOIN ledger_entry u ON u.reference = 'reversal:refund:' || r.id
            GROUP BY r.id
            HAVING count(e.id) - count(u.id)
                <> CASE r.status WHEN 'succeeded' THEN 1 ELSE 0 END"""),
        repair="Replay the provider's event of the refund.",
    ),
    Check(
        name="payments.refunds_post_what_they_say",
        title="A refund in the books gave back what it says",
        area=Area.BOOKS,
        subject="payments.refund",
        find=by_query("""
            SELECT r.id, format('%s instead of %s', -e.presentment_amount
                - e.presentment_tax_amount, r.amount + r.tax_amount)
            FROM ledger_entry e JOIN payments_refund r ON e.reference = 'refund:' || r.id
            WHERE -e.presentment_amount - e.presentment_tax_amount <> r.amount + r.tax_amount"""),
        repair="Post a correction for the difference.",
    ),
    Check(
        name="payments.payments_return_no_more_than_they_brought",
        title="No payment gave back more than it brought",
        area=Area.BOOKS,
        subject="payments.payment",
        find=by_query("""
            SELECT p.id, format('%s of %s', sum(r.amount + r.tax_amount), p.amount)
            FROM payments_payment p JOIN payments_refund r ON r.payment_id = p.id
            WHERE r.status IN ('pending', 'succeeded')
            GROUP BY p.id HAVING sum(r.amount + r.tax_amount) > p.amount"""),
        repair="Ask the payer for what is too much, or write it off.",
    ),
    Check(
        name="payments.refunds_have_their_payments_currency",
        title="A refund has the currency of its payment",
        area=Area.RECORDS,
        subject="payments.refund",
        find=by_query("""
            SELECT r.id, format('%s of a payment in %s', r.currency, p.currency)
            FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id
            WHERE r.currency <> p.currency"""),
        repair="Compare it with the processor's refund, and import that one.",
    ),
    Check(
        name="payments.refunds_under_way_are_kept",
        title="What is kept for refunds is for those under way",
        text="From the processor's answer to the end of each, and no longer.",
        area=Area.BOOKS,
        subject="payments.refund",
        find=by_query("""
            SELECT r.id, format('%s, with %s kept and %s given back', r.status, count(h.id),
                count(u.id))
            FROM payments_refund r
            LEFT JOIN ledger_entry h ON h.reference = 'refund_hold:' || r.id
            LEFT JOIN ledger_entry u ON u.reference = 'reversal:refund_hold:' || r.id
            GROUP BY r.id
            HAVING (r.status <> 'pending' AND count(h.id) <> count(u.id))
                OR (r.status = 'pending' AND count(h.id) - count(u.id) <> 1
                    AND r.processor_id IS NOT NULL AND r.amount > 0 AND EXISTS (
                        SELECT 1 FROM ledger_entry e
                        JOIN ledger_entry b ON b.payment_id = e.payment_id AND b.type = 'balance'
                        JOIN ledger_transfer t ON t.entry_id = b.id AND t.type = 'balance'
                        WHERE e.payment_id = r.payment_id AND e.type = 'payment'
                            AND trunc(t.amount::numeric * r.amount
                                / nullif(e.presentment_amount, 0)) > 0))"""),
        repair="Ask the processor for the refund: what it says keeps its money, or gives it back.",
    ),
    Check(
        name="payments.one_refund_is_unanswered",
        title="At most one refund of a payment waits for its answer",
        area=Area.RECORDS,
        subject="payments.payment",
        find=by_query("""
            SELECT payment_id, count(*) || ' refunds whose outcome is not known'
            FROM payments_refund WHERE status = 'pending' AND processor_id IS NULL
            GROUP BY payment_id HAVING count(*) > 1"""),
        repair="The sweep asks for each under its own key: see what the processor made of them.",
    ),
    Check(
        name="payments.refunds_do_not_wait_for_long",
        title="No refund waits for its outcome for long",
        text="It was asked about within a day of when it was to be.",
        area=Area.FLOW,
        subject="payments.refund",
        find=by_query("""
            SELECT r.id, format('%s since %s', r.status, r.created_at::date)
            FROM payments_refund r JOIN organizations_organization o ON o.id = r.organization_id
            WHERE r.status = 'pending'
                AND r.next_check_at < :at::timestamptz + o.clock_offset - interval '1 day'"""),
        repair="See that the periodic job payments.resume_refunds runs.",
        repair_page="periodic_jobs",
    ),
)
