"""Steps of payouts: what was tried, what has arrived, what is in the ledger."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query

CHECKS: Final = (
    Check(
        name="payouts.payouts_arrive_by_attempts",
        title="A payout has arrived as far as its attempts have",
        area=Area.BOOKS,
        subject="payouts.payout",
        find=by_query("""
            SELECT p.id, format('%s settled, tries %s', p.settled_amount, sum(a.settled_amount))
            FROM payouts_payout p JOIN payouts_payoutattempt a ON a.payout_id = p.id
            GROUP BY p.id HAVING p.settled_amount <> sum(a.settled_amount)"""),
        repair="Refresh the payout from the processor.",
    ),
    Check(
        name="payouts.attempts_never_overpay",
        title="Attempts never pay more than their payout",
        area=Area.BOOKS,
        subject="payouts.payout",
        find=by_query("""
            SELECT p.id, format('%s of %s', sum(a.amount), p.account_amount)
            FROM payouts_payout p JOIN payouts_payoutattempt a ON a.payout_id = p.id
            WHERE a.status <> 'failed' GROUP BY p.id HAVING sum(a.amount) > p.account_amount"""),
        repair="Ask the bank to return what is too much.",
    ),
    Check(
        name="payouts.succeeded_payouts_arrived_whole",
        title="A succeeded payout has arrived whole",
        area=Area.BOOKS,
        subject="payouts.payout",
        find=by_query("""
            SELECT id, format('%s, %s of %s', status, settled_amount, amount) FROM payouts_payout
            WHERE (status = 'succeeded') <> (settled_amount = amount)"""),
        repair="Refresh the payout from the processor.",
    ),
    Check(
        name="payouts.canceled_payouts_cannot_pay",
        title="A canceled payout has no attempt that may pay",
        area=Area.BOOKS,
        subject="payouts.payout",
        find=by_query("""
            SELECT p.id, a.status FROM payouts_payout p
            JOIN payouts_payoutattempt a ON a.payout_id = p.id
            WHERE p.status = 'canceled' AND a.status <> 'failed'"""),
        repair="Ask the processor to cancel the attempt.",
    ),
    Check(
        name="payouts.settled_attempts_are_posted",
        title="What has arrived is in the ledger",
        text="The entry of every attempt that arrived, and of every payout that people paid.",
        area=Area.BOOKS,
        subject="payouts.payout",
        find=by_query("""
            SELECT s.payout_id, format('%s settled, %s posted', s.amount,
                coalesce(sum(t.amount), 0))
            FROM (
                SELECT payout_id, id AS cause, settled_amount AS amount FROM payouts_payoutattempt
                UNION ALL SELECT id, id, settled_amount FROM payouts_payout WHERE is_manual
            ) s
            LEFT JOIN ledger_entry e ON e.reference = 'payout_paid:' || s.cause
                AND NOT EXISTS (SELECT 1 FROM ledger_entry u WHERE u.corrects_id = e.id)
            LEFT JOIN ledger_transfer t ON t.entry_id = e.id
            GROUP BY s.cause, s.payout_id, s.amount
            HAVING s.amount <> coalesce(sum(t.amount), 0)"""),
        repair="Refresh the payout from the processor.",
    ),
    Check(
        name="payouts.one_attempt_is_unanswered",
        title="At most one attempt of a payout waits for its answer",
        area=Area.RECORDS,
        subject="payouts.payout",
        find=by_query("""
            SELECT payout_id, count(*) || ' attempts whose answer is not known'
            FROM payouts_payoutattempt WHERE status = 'pending' AND processor_id = ''
            GROUP BY payout_id HAVING count(*) > 1"""),
        repair="Refresh the payout: each is asked for again under its own key.",
    ),
    Check(
        name="payouts.no_step_waits_for_long",
        title="No step of a payout waits for its answer for long",
        text="The processor has said within a day what became of a transfer or an attempt.",
        area=Area.FLOW,
        subject="payouts.payout",
        find=by_query("""
            SELECT s.id, s.step FROM (
                SELECT id, format('transfer %s', transfer_status) AS step, organization_id,
                    next_check_at FROM payouts_payout
                UNION ALL
                SELECT payout_id, format('attempt %s %s', number, status), organization_id,
                    next_check_at FROM payouts_payoutattempt
            ) s JOIN organizations_organization o ON o.id = s.organization_id
            WHERE s.next_check_at < :at::timestamptz + o.clock_offset - interval '1 day'"""),
        repair="Refresh the payout from the processor.",
    ),
)
