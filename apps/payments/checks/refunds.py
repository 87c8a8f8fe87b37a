"""What must hold between refunds, their orders and the ledger; checked with the books."""

from __future__ import annotations

from typing import Final

from apps.ledger.checks import add_rule

_RULES: Final = {
    "an order counts the refunds that succeeded": """
        SELECT o.id::text, format('counts %s+%s instead of %s+%s', o.refunded_amount,
            o.refunded_tax_amount, coalesce(sum(r.amount), 0), coalesce(sum(r.tax_amount), 0))
        FROM orders_order o
        LEFT JOIN payments_refund r ON r.order_id = o.id AND r.status = 'succeeded'
        GROUP BY o.id
        HAVING o.refunded_amount <> coalesce(sum(r.amount), 0)
            OR o.refunded_tax_amount <> coalesce(sum(r.tax_amount), 0)""",
    "a refund that succeeded is in the books, and one that failed is undone in them": """
        SELECT r.id::text, format('%s, with %s booked and %s undone', r.status,
            count(e.id), count(u.id))
        FROM payments_refund r
        LEFT JOIN ledger_entry e ON e.reference = 'refund:' || r.id
        LEFT JOIN ledger_entry u ON u.reference = 'reversal:refund:' || r.id
        GROUP BY r.id
        HAVING count(e.id) - count(u.id) <> CASE r.status WHEN 'succeeded' THEN 1 ELSE 0 END""",
    "a refund in the books gave back what it says": """
        SELECT e.reference, format('%s instead of %s', -e.presentment_amount
            - e.presentment_tax_amount, r.amount + r.tax_amount)
        FROM ledger_entry e JOIN payments_refund r ON e.reference = 'refund:' || r.id
        WHERE -e.presentment_amount - e.presentment_tax_amount <> r.amount + r.tax_amount""",
    "no payment gave back more than it brought": """
        SELECT p.id::text, format('%s of %s', sum(r.amount + r.tax_amount), p.amount)
        FROM payments_payment p JOIN payments_refund r ON r.payment_id = p.id
        WHERE r.status IN ('pending', 'succeeded')
        GROUP BY p.id HAVING sum(r.amount + r.tax_amount) > p.amount""",
}


def register() -> None:
    """Add the rules to those of the books."""
    for rule, query in _RULES.items():
        add_rule(rule, query)
