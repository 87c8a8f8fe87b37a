"""What must hold between orders of credit and the wallets they fill; checked with the books."""

from __future__ import annotations

from typing import Final

from apps.ledger.checks import add_rule

_RULES: Final = {
    "a wallet is credited what was paid for, and nothing else": """
        SELECT u.order_id::text, format('order %s, credited %s instead of %s', o.status,
            coalesce(sum(m.amount), 0),
            CASE WHEN o.paid_at IS NULL THEN 0 ELSE u.amount END)
        FROM wallets_topup u JOIN orders_order o ON o.id = u.order_id
        LEFT JOIN wallets_walletmovement m
            ON m.order_id = u.order_id AND m.kind = 'top_up' AND m.wallet_id = u.wallet_id
        GROUP BY u.id, o.id
        HAVING coalesce(sum(m.amount), 0)
                <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE u.amount END
            OR (u.credited_at IS NULL) <> (o.paid_at IS NULL)""",
    "a top-up is no credit without an order": """
        SELECT m.reference, 'no order of credit' FROM wallets_walletmovement m
        LEFT JOIN wallets_topup u ON u.order_id = m.order_id AND u.wallet_id = m.wallet_id
        WHERE m.kind = 'top_up' AND u.id IS NULL""",
}


def register() -> None:
    """Add the rules to those of the books."""
    for rule, query in _RULES.items():
        add_rule(rule, query)
