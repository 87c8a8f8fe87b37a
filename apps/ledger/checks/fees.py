"""The platform's fees: what entries say of them, what moved, and what the terms ask for."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query
from apps.ledger.fees import INTERNATIONAL_BPS
from apps.ledger.selectors.fees import DEFAULT_TERMS

_DEFAULT: Final = DEFAULT_TERMS.rates

# Sales whose terms are still those in force: none were assigned since. Ids are in the order in
# which rows were written, whatever a test clock says.
_TERMS: Final = f"""
    SELECT f.id, f.reference, f.details, p.details AS sale,
        (SELECT sum(amount) FROM ledger_transfer WHERE entry_id = p.id) AS gross,
        coalesce(l.payment_bps, {_DEFAULT.bps}) AS bps,
        coalesce(l.payment_fixed_amount, {_DEFAULT.fixed_amount}) AS fixed,
        coalesce(l.subscription_bps, {_DEFAULT.subscription_bps}) AS subscription_bps,
        coalesce(l.three_d_secure_amount, {_DEFAULT.three_d_secure_amount}) AS secure,
        coalesce(l.has_processor_fees, true) AS passes
    FROM ledger_entry f
    JOIN ledger_entry p ON p.payment_id = f.payment_id AND p.type = 'payment'
        AND f.reference = 'platform_fee:' || (p.details ->> 'charge_id')
    LEFT JOIN ledger_feeplan l ON l.organization_id = f.organization_id
    WHERE f.type = 'platform_fee' AND NOT EXISTS (
        SELECT 1 FROM events_event v WHERE v.organization_id = f.organization_id
            AND v.type = 'fee_plan.assigned' AND v.id > f.id)"""  # noqa: S608 -- numbers of our own

CHECKS: Final = (
    Check(
        name="ledger.fees_are_their_lines",
        title="The fees that were taken are those that the entry names",
        area=Area.BOOKS,
        subject="ledger.entry",
        find=by_query("""
            SELECT e.id, format('%s: %s named, %s moved, %s in all', e.reference, n.amount,
                m.amount, e.details ->> 'total')
            FROM ledger_entry e
            CROSS JOIN LATERAL (SELECT coalesce(sum((line ->> 'amount')::bigint), 0) AS amount
                FROM jsonb_array_elements(e.details -> 'fees') AS line) n
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(CASE d.kind WHEN 'merchant_balance' THEN t.amount
                    ELSE -t.amount END), 0) AS amount
                FROM ledger_transfer t JOIN ledger_account d ON d.id = t.debit_account_id
                WHERE t.entry_id = e.id) m
            WHERE e.type = 'platform_fee' AND jsonb_typeof(e.details -> 'fees') = 'array'
                AND (n.amount <> m.amount OR n.amount <> (e.details ->> 'total')::bigint)"""),
        repair="Post an entry for the difference.",
    ),
    Check(
        name="ledger.fees_follow_the_terms",
        title="Fees are what the terms in force ask for",
        text="Worked out again for every sale since the merchant's terms were last changed.",
        area=Area.RECORDS,
        subject="ledger.entry",
        find=by_query(f"""
            SELECT id, format('%s: took %s, the terms ask for %s', reference, taken, asked) FROM (
                SELECT s.id, s.reference, (
                    SELECT coalesce(sum((line ->> 'amount')::bigint), 0)
                    FROM jsonb_array_elements(s.details -> 'fees') AS line
                    WHERE line ->> 'type' <> 'fee_credit') AS taken,
                    round(gross * bps / 10000 + fixed)
                    + CASE WHEN passes AND (sale ->> 'method' = 'kr_card'
                        OR sale ->> 'method' IN ('card', 'link')
                        AND sale ->> 'card_country' IS DISTINCT FROM 'US')
                        THEN round(gross * {INTERNATIONAL_BPS} / 10000) ELSE 0 END
                    + CASE WHEN (sale ->> 'is_subscription')::boolean
                        THEN round(gross * subscription_bps / 10000) ELSE 0 END
                    + CASE WHEN (sale ->> 'used_3ds')::boolean THEN secure ELSE 0 END AS asked
                FROM ({_TERMS}) s
            ) compared WHERE taken <> asked"""),  # noqa: S608
        repair="Grant a fee credit for what was taken too much.",
        repair_page="ledger_feecredit_changelist",
    ),
    Check(
        name="ledger.fee_credits_are_used",
        title="A fee credit was used as much as the entries say",
        area=Area.BOOKS,
        subject="ledger.feecredit",
        find=by_query("""
            SELECT c.id, format('%s used, %s posted', c.used_amount, coalesce(p.amount, 0))
            FROM ledger_feecredit c LEFT JOIN (
                SELECT (line ->> 'credit_id')::uuid AS credit_id,
                    sum((line ->> 'amount')::bigint) AS amount
                FROM ledger_entry, jsonb_array_elements(details -> 'credits') AS line
                WHERE jsonb_typeof(details -> 'credits') = 'array' GROUP BY 1
            ) p ON p.credit_id = c.id WHERE c.used_amount <> coalesce(p.amount, 0)"""),
        repair="Grant a credit for the difference, or revoke this one.",
    ),
    Check(
        name="ledger.fee_credits_are_named",
        title="Fee credits that were posted are those the entries name",
        area=Area.BOOKS,
        subject="ledger.entry",
        find=by_query("""
            SELECT e.id, format('%s: %s moved', e.reference, sum(t.amount))
            FROM ledger_transfer t JOIN ledger_entry e ON e.id = t.entry_id
            JOIN ledger_account d ON d.id = t.debit_account_id AND d.kind = 'fee_credits'
            GROUP BY e.id HAVING sum(t.amount) <> coalesce((
                SELECT sum((line ->> 'amount')::bigint)
                FROM jsonb_array_elements(e.details -> 'credits') AS line), 0)"""),
        repair="Post an entry for the difference.",
    ),
)
