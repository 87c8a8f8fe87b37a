"""What is kept for merchants: the rows that say so, and the accounts that it stands in."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, Finder, by_query

# An account's balance by organization and currency, positive for what grew on `plus`.
_BALANCE: Final = """
    SELECT a.organization_id, a.currency,
        coalesce((SELECT sum(amount) FROM ledger_transfer WHERE {plus}_account_id = a.id), 0)
        - coalesce((SELECT sum(amount) FROM ledger_transfer WHERE {minus}_account_id = a.id), 0)
        AS amount
    FROM ledger_account a WHERE a.kind = '{kind}'"""
_MATCH: Final = """
    SELECT coalesce(k.organization_id, l.organization_id),
        format('%s in the rows, %s in the ledger, %s', coalesce(k.amount, 0),
            coalesce(l.amount, 0), coalesce(k.currency, l.currency))
    FROM ({kept}) k
    FULL JOIN ({balance}) l
        ON l.organization_id = k.organization_id AND l.currency = k.currency
    WHERE coalesce(k.amount, 0) <> coalesce(l.amount, 0)"""
_PAYOUTS: Final = """
    SELECT organization_id, currency, sum(amount - settled_amount) AS amount
    FROM payouts_payout WHERE {condition} GROUP BY 1, 2"""


def _matches(kept: str, *, plus: str, minus: str, kind: str) -> Finder:
    """A finder of organizations whose account of a kind is not what the rows say."""
    return by_query(
        _MATCH.format(kept=kept, balance=_BALANCE.format(plus=plus, minus=minus, kind=kind))
    )


CHECKS: Final = (
    Check(
        name="payouts.due_is_what_payouts_lack",
        title="What is due to merchants is what their payouts lack",
        area=Area.BOOKS,
        subject="organizations.organization",
        find=_matches(
            _PAYOUTS.format(condition="status <> 'canceled'"),
            plus="credit",
            minus="debit",
            kind="payouts_due",
        ),
        repair="Find the payout whose status and entries differ.",
        repair_page="payouts_payout_changelist",
    ),
    Check(
        name="payouts.accounts_hold_what_was_transferred",
        title="What payout accounts hold was transferred and has not arrived",
        area=Area.BOOKS,
        subject="organizations.organization",
        find=_matches(
            _PAYOUTS.format(
                condition="status <> 'canceled' AND transfer_status IN ('made', 'returning')"
            ),
            plus="debit",
            minus="credit",
            kind="payout_accounts",
        ),
        repair="Find the payout whose transfer and entries differ.",
        repair_page="payouts_payout_changelist",
    ),
    Check(
        name="payouts.reserves_are_reserved",
        title="What is reserved is what reserves keep",
        area=Area.BOOKS,
        subject="organizations.organization",
        find=_matches(
            """SELECT r.organization_id, r.currency, sum(p.amount) AS amount
            FROM payouts_reservepart p JOIN payouts_reserve r ON r.id = p.reserve_id
            WHERE p.released_at IS NULL GROUP BY 1, 2""",
            plus="credit",
            minus="debit",
            kind="reserved",
        ),
        repair="Find the part whose release and entries differ.",
    ),
    Check(
        name="payouts.holds_are_held",
        title="What is held is what holds say",
        area=Area.BOOKS,
        subject="organizations.organization",
        find=_matches(
            """SELECT organization_id, currency, sum(amount) AS amount
            FROM payouts_hold WHERE released_at IS NULL GROUP BY 1, 2""",
            plus="credit",
            minus="debit",
            kind="held",
        ),
        repair="Find the hold whose release and entries differ.",
    ),
)
