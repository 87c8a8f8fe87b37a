"""Damage to the comparison with the statement."""

from tests.invariants.damages.kinds import Damage

RECONCILIATION = (
    Damage(
        "a difference that nobody looks after",
        "reconciliation.discrepancies_are_settled",
        "INSERT INTO reconciliation_discrepancy (id, created_at, kind, status, entry_id, subject, "
        "here_amount, currency, detail, happened_at, explanation) SELECT gen_random_uuid(), "
        "now() - interval '4 days', 'missing_there', 'open', id, reference, 100, 'usd', '', "
        "now() - interval '4 days', '' FROM ledger_entry LIMIT 1",
    ),
    Damage(
        "a match with an entry that is gone",
        "reconciliation.matches_are_in_the_ledger",
        "WITH line AS (INSERT INTO reconciliation_balancetransaction (id, processor_id, source_id, "
        "type, category, amount, fee, net, currency, description, happened_at, available_at, "
        "seen_at, status, matched_to, fee_type) VALUES (gen_random_uuid(), 'txn_gone', '', "
        "'charge', 'charge', 100, 0, 100, 'usd', '', now(), now(), now(), 'matched', 'payment', "
        "'') RETURNING id) INSERT INTO reconciliation_entrylink (transaction_id, entry_id, "
        "is_manual) SELECT id, gen_random_uuid(), false FROM line",
    ),
)
