"""What must hold between payments, the charges that were asked for, orders and the ledger."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query

CHECKS: Final = (
    Check(
        name="payments.succeeded_payments_are_booked",
        title="A payment that succeeded comes into the books",
        text="Within two days: until then the processor may still have to settle it.",
        area=Area.FLOW,
        subject="payments.payment",
        find=by_query("""
            SELECT p.id, format('%s %s', p.amount, p.currency)
            FROM payments_payment p JOIN organizations_organization o ON o.id = p.organization_id
            WHERE p.status = 'succeeded' AND p.booked_at IS NULL
                AND p.created_at < :at::timestamptz + o.clock_offset - interval '2 days'"""),
        repair="Replay the provider's events of the charge.",
    ),
    Check(
        name="payments.booked_payments_are_posted",
        title="A payment that counts as booked is in the ledger",
        area=Area.RECORDS,
        subject="payments.payment",
        find=by_query("""
            SELECT p.id, format('%s %s, %s', p.amount, p.currency, p.status)
            FROM payments_payment p WHERE p.booked_at IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM ledger_entry e WHERE e.payment_id = p.id
                    AND e.type IN ('payment', 'unclaimed_payment'))"""),
        repair="Replay the provider's events of the charge.",
    ),
    Check(
        name="payments.payments_post_what_they_brought",
        title="A payment in the ledger is what the payer paid",
        area=Area.RECORDS,
        subject="payments.payment",
        find=by_query("""
            SELECT p.id, format('%s %s posted of %s %s, %s',
                e.presentment_amount + e.presentment_tax_amount, e.presentment_currency,
                p.amount, p.currency, p.status)
            FROM ledger_entry e JOIN payments_payment p ON p.id = e.payment_id
            WHERE e.type IN ('payment', 'unclaimed_payment')
                AND (e.presentment_amount + e.presentment_tax_amount <> p.amount
                    OR e.presentment_currency <> p.currency OR p.status <> 'succeeded')"""),
        repair="Compare it with the processor's charge; post a correction for the difference.",
    ),
    Check(
        name="payments.entries_have_their_payments",
        title="What was posted for a payment has that payment",
        area=Area.RECORDS,
        subject="ledger.entry",
        find=by_query("""
            SELECT e.id, e.reference FROM ledger_entry e
            WHERE e.payment_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM payments_payment p WHERE p.id = e.payment_id)"""),
        repair="A payment was deleted: restore it from a backup.",
    ),
    Check(
        name="payments.paid_orders_are_paid_for",
        title="A paid order was paid for",
        text="By a payment of what was due, or nothing was due.",
        area=Area.RECORDS,
        subject="orders.order",
        find=by_query("""
            SELECT o.id, format('%s due, %s paid', o.due, coalesce(sum(p.amount), 0))
            FROM (
                SELECT id, greatest(0, net_amount + tax_amount + applied_balance_amount) AS due,
                    currency
                FROM orders_order
                WHERE status IN ('paid', 'refunded', 'partially_refunded')
            ) o LEFT JOIN payments_payment p ON p.order_id = o.id AND p.status = 'succeeded'
                AND p.currency = o.currency AND p.unclaimed_at IS NULL
            WHERE o.due > 0 GROUP BY o.id, o.due
            HAVING coalesce(sum(p.amount), 0) < o.due AND NOT EXISTS (
                -- Too little to charge: it stands on the customer's balance.
                SELECT 1 FROM wallets_walletmovement m
                WHERE m.order_id = o.id AND m.kind = 'carry_over')"""),
        repair="Replay the provider's events of its charge; void the order if there was none.",
    ),
    Check(
        name="payments.orders_are_charged_once",
        title="An order is charged once",
        text="What a second payment brought has no use and goes back to its payer.",
        area=Area.RECORDS,
        subject="orders.order",
        find=by_query("""
            SELECT order_id, count(*) || ' payments that count' FROM payments_payment
            WHERE status = 'succeeded' AND order_id IS NOT NULL AND unclaimed_at IS NULL
            GROUP BY order_id HAVING count(*) > 1"""),
        repair="Refund the later payment.",
    ),
    Check(
        name="payments.one_charge_is_open",
        title="At most one charge of an order is open",
        area=Area.RECORDS,
        subject="orders.order",
        find=by_query("""
            SELECT order_id, count(*) || ' open charges' FROM payments_chargeattempt
            WHERE status = 'open' GROUP BY order_id HAVING count(*) > 1"""),
        repair="The sweep asks for each under its own key: see what the processor made of them.",
    ),
    Check(
        name="payments.succeeded_charges_have_payments",
        title="A charge that succeeded has its payment",
        area=Area.RECORDS,
        subject="payments.chargeattempt",
        find=by_query("""
            SELECT a.id, format('%s succeeded', a.kind) FROM payments_chargeattempt a
            WHERE a.status = 'succeeded' AND NOT EXISTS (
                SELECT 1 FROM payments_payment p
                WHERE p.order_id = a.order_id AND p.status = 'succeeded')"""),
        repair="Replay the provider's events of the charge.",
    ),
    Check(
        name="payments.charges_do_not_wait_for_long",
        title="No charge waits for its outcome for long",
        area=Area.FLOW,
        subject="payments.chargeattempt",
        find=by_query("""
            SELECT a.id, format('open since %s', a.created_at::date)
            FROM payments_chargeattempt a
            JOIN organizations_organization o ON o.id = a.organization_id
            WHERE a.status = 'open'
                AND a.next_check_at < :at::timestamptz + o.clock_offset - interval '1 day'"""),
        repair="See that the periodic job payments.resume_charge_attempts runs.",
        repair_page="periodic_jobs",
    ),
)
