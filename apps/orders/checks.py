"""What must hold of orders, their items and their documents."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query, register_check
from apps.orders.operations.importing import PREFIX

# How the counter of a number is told: a customer's carries eight letters or more before it, and
# keeps them when the order becomes another customer's. What other systems numbered is not counted.
_COUNTED: Final = f"""
    SELECT id, organization_id, customer_id,
        substring(invoice_number from '([0-9]+)$')::bigint AS number,
        substring(invoice_number from '-([A-Z]{{8,}})-[0-9]+$') AS letters
    FROM orders_order
    WHERE invoice_number ~ '-[0-9]+$' AND NOT starts_with(invoice_number, '{PREFIX}')"""  # noqa: S608
# A short id in letters, as `numbering.short_id` writes it.
_LETTERS: Final = """
    SELECT string_agg(chr(65 + (c.short_id / (26::numeric ^ place)::bigint % 26)::int), ''
        ORDER BY place DESC)
    FROM generate_series(0, greatest(7, floor(ln(greatest(c.short_id, 1)) / ln(26))::int)) place"""

CHECKS: Final = (
    Check(
        name="orders.orders_are_their_items",
        title="An order is the sum of its items",
        text="Subtotal, net amount and tax.",
        area=Area.RECORDS,
        subject="orders.order",
        find=by_query("""
            SELECT o.id, format('%s/%s/%s, items %s/%s/%s', o.subtotal_amount, o.net_amount,
                o.tax_amount, coalesce(sum(i.amount), 0), coalesce(sum(i.net_amount), 0),
                coalesce(sum(i.tax_amount), 0))
            FROM orders_order o LEFT JOIN orders_orderitem i ON i.order_id = o.id
            GROUP BY o.id HAVING o.subtotal_amount <> coalesce(sum(i.amount), 0)
                OR o.net_amount <> coalesce(sum(i.net_amount), 0)
                OR o.tax_amount <> coalesce(sum(i.tax_amount), 0)"""),
        repair="Void the order if it is not paid; else refund the difference.",
    ),
    Check(
        name="orders.totals_add_up",
        title="An order's total is its subtotal less the discount",
        text="With tax on top, or in it.",
        area=Area.RECORDS,
        subject="orders.order",
        find=by_query("""
            SELECT id, format('%s - %s is neither %s nor %s with tax', subtotal_amount,
                discount_amount, net_amount, net_amount + tax_amount)
            FROM orders_order
            WHERE subtotal_amount - discount_amount
                NOT IN (net_amount, net_amount + tax_amount)"""),
        repair="Void the order if it is not paid; else refund the difference.",
    ),
    Check(
        name="orders.refunded_orders_are_refunded",
        title="The status of a paid order says how much of it went back",
        area=Area.RECORDS,
        subject="orders.order",
        find=by_query("""
            SELECT id, format('%s with %s of %s refunded', status, refunded_amount,
                net_amount + applied_balance_amount)
            FROM orders_order WHERE status IN ('paid', 'refunded', 'partially_refunded')
                AND status <> CASE WHEN refunded_amount <= 0 THEN 'paid'
                    WHEN refunded_amount >= net_amount + applied_balance_amount THEN 'refunded'
                    ELSE 'partially_refunded' END"""),
        repair="Replay the provider's events of its refunds.",
    ),
    Check(
        name="orders.invoice_numbers_are_once",
        title="An invoice has a number of its own",
        area=Area.RECORDS,
        subject="orders.order",
        find=by_query("""
            SELECT min(id::text), format('%s %s times', invoice_number, count(*))
            FROM orders_order WHERE invoice_number IS NOT NULL
            GROUP BY invoice_number HAVING count(*) > 1"""),
        repair="Correct the later invoice with a note of credit.",
    ),
    Check(
        name="orders.invoice_numbers_have_no_gaps",
        title="Invoices are numbered without gaps",
        text="By customer or by organization, as its settings said when each was issued.",
        area=Area.RECORDS,
        subject="orders.order",
        find=by_query(f"""
            SELECT (array_agg(id ORDER BY number DESC))[1],
                format('%s invoices numbered up to %s', count(*), max(number))
            FROM ({_COUNTED}) counted GROUP BY organization_id, letters
            HAVING count(DISTINCT number) <> max(number)"""),  # noqa: S608
        repair="An order was deleted, or numbered by hand: restore it from a backup.",
    ),
    Check(
        name="orders.invoice_counters_are_ahead",
        title="The next invoice has a number that none has",
        area=Area.RECORDS,
        subject="customers.customer",
        find=by_query(f"""
            SELECT c.id, format('next is %s, the last was %s', c.next_invoice_number,
                max(counted.number))
            FROM ({_COUNTED}) counted JOIN customers_customer c ON c.id = counted.customer_id
                AND counted.letters = ({_LETTERS})
            GROUP BY c.id HAVING c.next_invoice_number <= max(counted.number)"""),  # noqa: S608
        repair="The next sale to this customer fails: set the counter ahead.",
    ),
    Check(
        name="orders.receipts_are_of_paid_orders",
        title="Receipts are numbered once, and only for what was paid",
        area=Area.RECORDS,
        subject="orders.order",
        find=by_query("""
            SELECT min(id::text), format('%s: %s orders', receipt_number, count(*))
            FROM orders_order WHERE receipt_number IS NOT NULL
            GROUP BY customer_id, receipt_number
            HAVING count(*) > 1 OR bool_or(paid_at IS NULL)"""),
        repair="Write to the customer, with a receipt that takes the place of the wrong one.",
    ),
    Check(
        name="orders.platform_fees_are_posted",
        title="The platform fee of an order is what was taken for it",
        area=Area.RECORDS,
        subject="orders.order",
        find=by_query("""
            SELECT o.id, format('%s, posted %s', o.platform_fee_amount, f.amount)
            FROM (SELECT order_id, sum((details ->> 'total')::bigint) AS amount FROM ledger_entry
                WHERE type = 'platform_fee' AND order_id IS NOT NULL GROUP BY 1) f
            JOIN orders_order o ON o.id = f.order_id
            WHERE o.platform_fee_amount <> f.amount"""),
        repair="Replay the provider's event of the charge: the fee is read from the ledger again.",
    ),
    Check(
        name="orders.entries_have_their_orders",
        title="What was posted for an order has that order",
        area=Area.RECORDS,
        subject="ledger.entry",
        find=by_query("""
            SELECT e.id, e.reference FROM ledger_entry e WHERE e.order_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM orders_order o WHERE o.id = e.order_id)"""),
        repair="An order was deleted: restore it from a backup.",
    ),
    Check(
        name="orders.applied_balances_were_moved",
        title="What an order took from a balance was taken from it",
        area=Area.RECORDS,
        subject="orders.order",
        find=by_query("""
            SELECT o.id, format('%s applied, %s moved', o.applied_balance_amount,
                coalesce(sum(m.amount), 0))
            FROM orders_order o
            LEFT JOIN wallets_walletmovement m ON m.order_id = o.id AND m.kind = 'order'
            WHERE o.status <> 'draft'
            GROUP BY o.id HAVING o.applied_balance_amount <> coalesce(sum(m.amount), 0)"""),
        repair="Adjust the customer's wallet by the difference.",
    ),
    Check(
        name="orders.no_order_stays_locked",
        title="No order stays locked by a charge",
        text="A lock is given back within a day, whatever became of the charge.",
        area=Area.FLOW,
        subject="orders.order",
        find=by_query("""
            SELECT o.id, format('locked since %s', o.payment_lock_acquired_at)
            FROM orders_order o JOIN organizations_organization m ON m.id = o.organization_id
            WHERE o.payment_lock_acquired_at < :at::timestamptz + m.clock_offset
                - interval '1 day'"""),
        repair="See that the periodic job orders.release_stale_payment_locks runs.",
        repair_page="periodic_jobs",
    ),
    Check(
        name="orders.due_orders_are_tried_again",
        title="An order that is to be tried again is tried",
        text="Within a day of its time, by its organization's clock.",
        area=Area.FLOW,
        subject="orders.order",
        find=by_query("""
            SELECT o.id, format('was to be tried at %s', o.next_payment_attempt_at)
            FROM orders_order o JOIN organizations_organization m ON m.id = o.organization_id
            WHERE o.status = 'pending' AND m.deleted_at IS NULL
                AND (m.capabilities ->> 'subscription_renewals')::boolean
                AND o.next_payment_attempt_at < :at::timestamptz + m.clock_offset
                    - interval '1 day'"""),
        repair="See that the periodic job subscriptions.retry_due_orders runs.",
        repair_page="dunning",
    ),
)


def register() -> None:
    """Called once, when the app is ready."""
    for check in CHECKS:
        register_check(check)
