"""Every cent of a merchant is in one place: see `apps.payouts.whereabouts`."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query
from apps.ledger.kinds import AccountKind
from apps.payouts.whereabouts import ELSEWHERE, OWED_KINDS


def _quoted(kinds: object) -> str:
    return ", ".join(f"'{kind}'" for kind in sorted(str(one) for one in kinds))  # type: ignore[attr-defined]


# What the accounts hold on one side; on the other what is settled or matures (transfers that no
# payout has paid), what the rows keep, and what is owed back.
_EVERYWHERE: Final = f"""
    WITH moved AS (
        SELECT a.organization_id, a.currency, a.kind, t.id, t.amount
        FROM ledger_account a JOIN ledger_transfer t ON t.credit_account_id = a.id
        WHERE a.organization_id IS NOT NULL
        UNION ALL
        SELECT a.organization_id, a.currency, a.kind, t.id, -t.amount
        FROM ledger_account a JOIN ledger_transfer t ON t.debit_account_id = a.id
        WHERE a.organization_id IS NOT NULL
    ), placed AS (
        SELECT organization_id, currency, amount FROM moved m
        WHERE kind = '{AccountKind.MERCHANT_BALANCE}' AND NOT EXISTS (
            SELECT 1 FROM payouts_payoutline l
            WHERE l.transfer_id = m.id AND l.released_at IS NULL)
        UNION ALL
        SELECT organization_id, currency, amount FROM moved
        WHERE kind IN ({_quoted(OWED_KINDS)})
        UNION ALL
        SELECT organization_id, currency, amount - settled_amount FROM payouts_payout
        WHERE status <> 'canceled'
        UNION ALL
        SELECT r.organization_id, r.currency, p.amount
        FROM payouts_reservepart p JOIN payouts_reserve r ON r.id = p.reserve_id
        WHERE p.released_at IS NULL
        UNION ALL
        SELECT organization_id, currency, amount FROM payouts_hold WHERE released_at IS NULL
    )
    SELECT coalesce(l.organization_id, p.organization_id), format('%s in places, %s owned, %s',
        coalesce(p.amount, 0), coalesce(l.amount, 0), coalesce(l.currency, p.currency))
    FROM (SELECT organization_id, currency, sum(amount) AS amount FROM moved
        WHERE kind NOT IN ({_quoted(ELSEWHERE)}) GROUP BY 1, 2) l
    FULL JOIN (SELECT organization_id, currency, sum(amount) AS amount FROM placed
        GROUP BY 1, 2) p
        ON p.organization_id = l.organization_id AND p.currency = l.currency
    WHERE coalesce(l.amount, 0) <> coalesce(p.amount, 0)"""  # noqa: S608 -- names of our own

CHECKS: Final = (
    Check(
        name="payouts.every_cent_is_in_one_place",
        title="Every cent of a merchant is in one place",
        area=Area.BOOKS,
        subject="organizations.organization",
        find=by_query(_EVERYWHERE),
        text="Settled, maturing, in transit, held, reserved and owed back make up what is owned.",
        repair="Open where its money is, and the figure that its transfers do not add up to.",
    ),
)
