"""What must hold between wallets, their movements and the ledger; checked with the books."""

from __future__ import annotations

from apps.ledger.checks import add_rule

_RULES = {
    "a wallet is the sum of its movements": """
        SELECT w.id::text, format('%s instead of %s', w.balance, coalesce(sum(m.amount), 0))
        FROM wallets_wallet w LEFT JOIN wallets_walletmovement m ON m.wallet_id = w.id
        GROUP BY w.id HAVING w.balance <> coalesce(sum(m.amount), 0)""",
    "a movement of a wallet is in the ledger, with its amount and direction": """
        SELECT m.reference, coalesce('posted ' || sum(CASE k.kind
            WHEN 'customer_balance' THEN t.amount ELSE -t.amount END), 'not posted')
        FROM wallets_walletmovement m JOIN wallets_wallet w ON w.id = m.wallet_id
        LEFT JOIN ledger_entry e ON e.reference = 'wallet:' || m.reference
            AND e.organization_id = m.organization_id
        LEFT JOIN ledger_transfer t ON t.entry_id = e.id AND t.currency = w.currency
        LEFT JOIN ledger_account k ON k.id = t.credit_account_id
        GROUP BY m.id HAVING sum(CASE k.kind
            WHEN 'customer_balance' THEN t.amount ELSE -t.amount END) IS DISTINCT FROM m.amount""",
    "what customers have is what the ledger owes them": """
        SELECT concat_ws(' ', coalesce(h.organization_id, o.organization_id),
                coalesce(h.currency, o.currency)),
            format('%s in wallets, %s in the ledger', coalesce(h.amount, 0), coalesce(o.amount, 0))
        FROM (SELECT organization_id, currency, sum(balance) AS amount
            FROM wallets_wallet GROUP BY 1, 2) h
        FULL JOIN (
            SELECT a.organization_id, a.currency,
                coalesce((SELECT sum(amount) FROM ledger_transfer
                    WHERE credit_account_id = a.id), 0)
                - coalesce((SELECT sum(amount) FROM ledger_transfer
                    WHERE debit_account_id = a.id), 0) AS amount
            FROM ledger_account a WHERE a.kind = 'customer_balance'
        ) o ON o.organization_id = h.organization_id AND o.currency = h.currency
        WHERE coalesce(h.amount, 0) <> coalesce(o.amount, 0)""",
}


def register() -> None:
    """Add the rules to those of the books."""
    for rule, query in _RULES.items():
        add_rule(rule, query)
