"""What must hold between orders of credit and the wallets they fill."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query

CHECKS: Final = (
    Check(
        name="payments.top_ups_credit_what_was_paid",
        title="A wallet is credited what was paid for, and nothing else",
        area=Area.BOOKS,
        subject="orders.order",
        find=by_query("""
            SELECT u.order_id, format('order %s, credited %s instead of %s', o.status,
                coalesce(sum(m.amount), 0),
                CASE WHEN o.paid_at IS NULL THEN 0 ELSE u.amount END)
            FROM wallets_topup u JOIN orders_order o ON o.id = u.order_id
            LEFT JOIN wallets_walletmovement m
                ON m.order_id = u.order_id AND m.kind = 'top_up' AND m.wallet_id = u.wallet_id
            GROUP BY u.id, o.id
            HAVING coalesce(sum(m.amount), 0)
                    <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE u.amount END
                OR (u.credited_at IS NULL) <> (o.paid_at IS NULL)"""),
        repair="Adjust the wallet by the difference.",
    ),
    Check(
        name="payments.top_ups_have_orders",
        title="A top-up is no credit without an order",
        area=Area.BOOKS,
        subject="wallets.wallet",
        find=by_query("""
            SELECT m.wallet_id, format('%s has no order of credit', m.reference)
            FROM wallets_walletmovement m
            LEFT JOIN wallets_topup u ON u.order_id = m.order_id AND u.wallet_id = m.wallet_id
            WHERE m.kind = 'top_up' AND u.id IS NULL"""),
        repair="Adjust the wallet back.",
    ),
)
