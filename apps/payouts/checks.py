"""What must hold between payouts, their attempts and the ledger; checked with the books."""

from __future__ import annotations

from apps.ledger.checks import add_rule

# An account's balance by organization and currency, positive for what grew on `side`.
_BALANCE = """
    SELECT a.organization_id, a.currency,
        coalesce((SELECT sum(amount) FROM ledger_transfer WHERE {plus}_account_id = a.id), 0)
        - coalesce((SELECT sum(amount) FROM ledger_transfer WHERE {minus}_account_id = a.id), 0)
        AS amount
    FROM ledger_account a WHERE a.kind = '{kind}'"""
_MATCH = """
    SELECT concat_ws(' ', coalesce(p.organization_id, l.organization_id),
            coalesce(p.currency, l.currency)),
        format('%s in payouts, %s in the ledger', coalesce(p.amount, 0), coalesce(l.amount, 0))
    FROM (SELECT organization_id, currency, sum(amount - settled_amount) AS amount
        FROM payouts_payout WHERE {condition} GROUP BY 1, 2) p
    FULL JOIN ({balance}) l
        ON l.organization_id = p.organization_id AND l.currency = p.currency
    WHERE coalesce(p.amount, 0) <> coalesce(l.amount, 0)"""

_KEPT = """
    SELECT concat_ws(' ', coalesce(k.organization_id, l.organization_id),
            coalesce(k.currency, l.currency)),
        format('%s kept, %s in the ledger', coalesce(k.amount, 0), coalesce(l.amount, 0))
    FROM ({kept}) k
    FULL JOIN ({balance}) l
        ON l.organization_id = k.organization_id AND l.currency = k.currency
    WHERE coalesce(k.amount, 0) <> coalesce(l.amount, 0)"""

RULES = {
    "what is due to merchants is what their payouts lack": _MATCH.format(
        condition="status <> 'canceled'",
        balance=_BALANCE.format(plus="credit", minus="debit", kind="payouts_due"),
    ),
    "what payout accounts hold was transferred and has not arrived": _MATCH.format(
        condition="status <> 'canceled' AND transfer_status IN ('made', 'returning')",
        balance=_BALANCE.format(plus="debit", minus="credit", kind="payout_accounts"),
    ),
    "what is reserved is what reserves keep": _KEPT.format(
        kept="""SELECT r.organization_id, r.currency, sum(p.amount) AS amount
            FROM payouts_reservepart p JOIN payouts_reserve r ON r.id = p.reserve_id
            WHERE p.released_at IS NULL GROUP BY 1, 2""",
        balance=_BALANCE.format(plus="credit", minus="debit", kind="reserved"),
    ),
    "what is held is what holds say": _KEPT.format(
        kept="""SELECT organization_id, currency, sum(amount) AS amount
            FROM payouts_hold WHERE released_at IS NULL GROUP BY 1, 2""",
        balance=_BALANCE.format(plus="credit", minus="debit", kind="held"),
    ),
    "a payout is what its lines are, and they its": """
        SELECT p.id::text, format('lines leave %s', coalesce(sum(l.amount), -p.gross_amount))
        FROM payouts_payout p
        LEFT JOIN payouts_payoutline l ON l.payout_id = p.id AND l.released_at IS NULL
        WHERE p.status <> 'canceled' GROUP BY p.id HAVING coalesce(sum(l.amount), -1) <> 0""",
    "a canceled payout keeps no lines": """
        SELECT p.id::text, count(*) || ' lines' FROM payouts_payout p
        JOIN payouts_payoutline l ON l.payout_id = p.id AND l.released_at IS NULL
        WHERE p.status = 'canceled' GROUP BY p.id""",
    "a payout has arrived as far as its attempts have": """
        SELECT p.id::text, format('%s settled, tries %s', p.settled_amount, sum(a.settled_amount))
        FROM payouts_payout p JOIN payouts_payoutattempt a ON a.payout_id = p.id
        GROUP BY p.id HAVING p.settled_amount <> sum(a.settled_amount)""",
    "attempts never pay more than their payout": """
        SELECT p.id::text, format('%s of %s', sum(a.amount), p.account_amount)
        FROM payouts_payout p JOIN payouts_payoutattempt a ON a.payout_id = p.id
        WHERE a.status <> 'failed' GROUP BY p.id HAVING sum(a.amount) > p.account_amount""",
    "a succeeded payout has arrived whole": """
        SELECT id::text, format('%s of %s', settled_amount, amount) FROM payouts_payout
        WHERE (status = 'succeeded') <> (settled_amount = amount)""",
    "a canceled payout has no attempt that may pay": """
        SELECT p.id::text, a.status FROM payouts_payout p
        JOIN payouts_payoutattempt a ON a.payout_id = p.id
        WHERE p.status = 'canceled' AND a.status <> 'failed'""",
}


def register() -> None:
    """Add the rules to those of the books."""
    for rule, query in RULES.items():
        add_rule(rule, query)
