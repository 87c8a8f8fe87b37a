"""What must hold between wallets, their movements and the ledger."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query, register_check

CHECKS: Final = (
    Check(
        name="wallets.wallets_are_sums",
        title="A wallet is the sum of its movements",
        area=Area.BOOKS,
        subject="wallets.wallet",
        find=by_query("""
            SELECT w.id, format('%s instead of %s', w.balance, coalesce(sum(m.amount), 0))
            FROM wallets_wallet w LEFT JOIN wallets_walletmovement m ON m.wallet_id = w.id
            GROUP BY w.id HAVING w.balance <> coalesce(sum(m.amount), 0)"""),
        repair="Adjust the wallet by the difference.",
    ),
    Check(
        name="wallets.movements_follow_one_another",
        title="The last movement of a wallet left what is in it",
        area=Area.RECORDS,
        subject="wallets.wallet",
        find=by_query("""
            SELECT w.id, format('%s after the last movement, %s now', m.balance_after, w.balance)
            FROM wallets_wallet w JOIN LATERAL (
                SELECT balance_after FROM wallets_walletmovement WHERE wallet_id = w.id
                ORDER BY id DESC LIMIT 1
            ) m ON m.balance_after <> w.balance"""),
        repair="Adjust the wallet by the difference.",
    ),
    Check(
        name="wallets.movements_are_posted",
        title="A movement of a wallet is in the ledger, with its amount and direction",
        area=Area.BOOKS,
        subject="wallets.wallet",
        find=by_query("""
            SELECT m.wallet_id, format('%s of %s: %s', m.reference, m.amount,
                coalesce('posted ' || sum(CASE k.kind
                    WHEN 'customer_balance' THEN t.amount ELSE -t.amount END), 'not posted'))
            FROM wallets_walletmovement m JOIN wallets_wallet w ON w.id = m.wallet_id
            LEFT JOIN ledger_entry e ON e.reference = 'wallet:' || m.reference
                AND e.organization_id = m.organization_id
            LEFT JOIN ledger_transfer t ON t.entry_id = e.id AND t.currency = w.currency
            LEFT JOIN ledger_account k ON k.id = t.credit_account_id
            GROUP BY m.id HAVING sum(CASE k.kind
                WHEN 'customer_balance' THEN t.amount ELSE -t.amount END)
                IS DISTINCT FROM m.amount"""),
        repair="Post the movement, or adjust the wallet back.",
    ),
    Check(
        name="wallets.customers_are_owed_what_they_have",
        title="What customers have is what the ledger owes them",
        area=Area.BOOKS,
        subject="organizations.organization",
        find=by_query("""
            SELECT coalesce(h.organization_id, o.organization_id),
                format('%s in wallets, %s in the ledger, %s', coalesce(h.amount, 0),
                    coalesce(o.amount, 0), coalesce(h.currency, o.currency))
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
            WHERE coalesce(h.amount, 0) <> coalesce(o.amount, 0)"""),
        repair="See which movement is not posted.",
    ),
)


def register() -> None:
    """Called once, when the app is ready."""
    for check in CHECKS:
        register_check(check)
