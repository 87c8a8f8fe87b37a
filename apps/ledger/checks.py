"""The books, re-derived from the transfers alone and compared with everything kept beside them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from apps.ledger.kinds import NEVER_NEGATIVE, natural_amount
from apps.ledger.models import Account
from apps.ledger.selectors.accounts import balances


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: which rule, where, and what was found."""

    rule: str
    subject: str
    detail: str


# Each finds (subject, detail) rows that must not exist.
_RULES = {
    "an entry has transfers": """
        SELECT e.reference, 'no transfer' FROM ledger_entry e
        WHERE NOT EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.entry_id = e.id)""",
    "a transfer is positive, between two accounts of its currency": """
        SELECT t.id::text, concat_ws(' ', t.amount, t.currency, d.currency, k.currency)
        FROM ledger_transfer t
        JOIN ledger_account d ON d.id = t.debit_account_id
        JOIN ledger_account k ON k.id = t.credit_account_id
        WHERE t.amount <= 0 OR d.id = k.id
            OR t.currency <> d.currency OR t.currency <> k.currency""",
    "a merchant's account is touched by its own entries only": """
        SELECT e.reference, a.kind FROM ledger_transfer t
        JOIN ledger_entry e ON e.id = t.entry_id
        JOIN ledger_account a ON a.id IN (t.debit_account_id, t.credit_account_id)
        WHERE a.organization_id IS NOT NULL
            AND a.organization_id IS DISTINCT FROM e.organization_id""",
    "a checkpoint is the sum of the transfers up to it": """
        SELECT c.account_id::text, format('checkpoint %s: %s/%s instead of %s/%s',
            c.last_transfer_id, c.debit_amount, c.credit_amount, s.debit, s.credit)
        FROM ledger_checkpoint c CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount) FILTER (WHERE debit_account_id = c.account_id), 0) AS debit,
                coalesce(sum(amount) FILTER (WHERE credit_account_id = c.account_id), 0) AS credit
            FROM ledger_transfer
            WHERE id <= c.last_transfer_id
                AND c.account_id IN (debit_account_id, credit_account_id)
        ) s WHERE c.debit_amount <> s.debit OR c.credit_amount <> s.credit""",
    "a booked payment was given to its merchant": """
        SELECT min(e.reference), concat_ws(' ', sum(
            CASE WHEN k.kind = 'sales_clearing' THEN t.amount ELSE 0 END
            - CASE WHEN d.kind = 'sales_clearing' THEN t.amount ELSE 0 END), 'left in clearing')
        FROM ledger_transfer t JOIN ledger_entry e ON e.id = t.entry_id
        JOIN ledger_account d ON d.id = t.debit_account_id
        JOIN ledger_account k ON k.id = t.credit_account_id
        WHERE 'sales_clearing' IN (d.kind, k.kind)
        GROUP BY e.payment_id, t.currency
        HAVING sum(CASE WHEN k.kind = 'sales_clearing' THEN t.amount ELSE 0 END)
            <> sum(CASE WHEN d.kind = 'sales_clearing' THEN t.amount ELSE 0 END)""",
    "a payment is booked once": """
        SELECT min(reference), count(*) || ' payment entries' FROM ledger_entry
        WHERE type IN ('payment', 'unclaimed_payment') AND payment_id IS NOT NULL
        GROUP BY payment_id HAVING count(*) > 1""",
    "a fee credit was used as much as the entries say": """
        SELECT c.id::text, format('%s used, %s posted', c.used_amount, coalesce(p.amount, 0))
        FROM ledger_feecredit c LEFT JOIN (
            SELECT (line ->> 'credit_id')::uuid AS credit_id,
                sum((line ->> 'amount')::bigint) AS amount
            FROM ledger_entry, jsonb_array_elements(details -> 'credits') AS line
            WHERE jsonb_typeof(details -> 'credits') = 'array' GROUP BY 1
        ) p ON p.credit_id = c.id WHERE c.used_amount <> coalesce(p.amount, 0)""",
    "fee credits posted are those the entries name": """
        SELECT e.reference, format('%s moved', sum(t.amount))
        FROM ledger_transfer t JOIN ledger_entry e ON e.id = t.entry_id
        JOIN ledger_account d ON d.id = t.debit_account_id AND d.kind = 'fee_credits'
        GROUP BY e.id HAVING sum(t.amount) <> coalesce((
            SELECT sum((line ->> 'amount')::bigint)
            FROM jsonb_array_elements(e.details -> 'credits') AS line), 0)""",
}

_SUMS = """
SELECT a.id,
    coalesce((SELECT sum(amount) FROM ledger_transfer WHERE debit_account_id = a.id), 0)::bigint,
    coalesce((SELECT sum(amount) FROM ledger_transfer WHERE credit_account_id = a.id), 0)::bigint
FROM ledger_account a
"""


def add_rule(rule: str, query: str) -> None:
    """
    Have an upper app's rule checked with the books: `query` finds what must not exist, as pairs of
    subject and detail. Called in `AppConfig.ready()`.
    """
    _RULES[rule] = query


def verify_books() -> list[Finding]:
    """
    Everything wrong with the books, read in one snapshot; empty when they are sound.

    Reads every transfer: for tests, for a nightly look, and after a restore.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            # Sales go on meanwhile; every query below must see the same ones.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return [*_broken_rules(), *_wrong_balances()]


def _broken_rules() -> list[Finding]:
    findings = []
    with connection.cursor() as cursor:
        for rule, query in _RULES.items():
            cursor.execute(query)
            findings += [Finding(rule, subject, detail) for subject, detail in cursor.fetchall()]
    return findings


def _wrong_balances() -> list[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(_SUMS)
        sums = {pk: (debit, credit) for pk, debit, credit in cursor.fetchall()}
    findings = []
    for row in balances(Account.objects.order_by("pk")):
        shown, kind = row.balance, row.account.kind
        debit, credit = sums[row.account.pk]
        if (shown.debit_amount, shown.credit_amount) != (debit, credit):
            findings.append(
                Finding(
                    "a balance is the sum of its transfers",
                    str(row.account.pk),
                    f"{shown.debit_amount}/{shown.credit_amount} instead of {debit}/{credit}",
                )
            )
        amount = natural_amount(kind, debit_amount=debit, credit_amount=credit)
        if kind in NEVER_NEGATIVE and amount < 0:
            findings.append(
                Finding("nothing negative that may not be", str(row.account.pk), f"{kind} {amount}")
            )
    return findings
