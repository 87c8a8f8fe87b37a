"""Damage to the ledger."""

from tests.invariants.damages.kinds import ENTRY, OF, TRANSFER, Damage

LEDGER = (
    Damage(
        "transfers deleted",
        "ledger.entries_have_transfers",
        "DELETE FROM ledger_transfer WHERE " + OF.format("payment:%"),
    ),
    Damage(
        "a transfer without its entry",
        "ledger.transfers_join_accounts",
        "DELETE FROM ledger_entry WHERE reference LIKE 'processor_fee:%'",
    ),
    Damage(
        "a transfer of nothing",
        "ledger.transfers_join_accounts",
        "UPDATE ledger_transfer SET amount = 0 WHERE " + OF.format("processor_fee:%"),
        ("ledger_transfer.ledger_transfer_positive",),
    ),
    Damage(
        "an amount turned round",
        "ledger.transfers_join_accounts",
        "UPDATE ledger_transfer SET amount = -amount WHERE " + OF.format("balance:%"),
        ("ledger_transfer.ledger_transfer_positive",),
    ),
    Damage(
        "a transfer to itself",
        "ledger.transfers_join_accounts",
        "UPDATE ledger_transfer SET credit_account_id = debit_account_id WHERE "
        + OF.format("processor_fee:%"),
        ("ledger_transfer.ledger_transfer_two_accounts",),
    ),
    Damage(
        "an account in another currency",
        "ledger.transfers_join_accounts",
        "UPDATE ledger_account SET currency = 'eur' WHERE kind = 'processor_fees'",
    ),
    Damage(
        "a lost account",
        "ledger.books_balance",
        "DELETE FROM ledger_account WHERE kind = 'processor_fees'",
    ),
    Damage(
        "an account opened twice",
        "ledger.accounts_are_once",
        "INSERT INTO ledger_account (id, organization_id, kind, currency) SELECT "
        "gen_random_uuid(), organization_id, kind, currency FROM ledger_account LIMIT 1",
        ("ledger_account.ledger_account_once",),
    ),
    Damage(
        "an account given to another",
        "ledger.accounts_are_their_owners",
        "UPDATE ledger_account SET organization_id = '{other}' WHERE kind = 'merchant_balance'",
    ),
    Damage(
        "an entry given to another",
        "ledger.accounts_are_their_owners",
        "UPDATE ledger_entry SET organization_id = '{other}' WHERE reference LIKE 'balance:%'",
    ),
    Damage(
        "a cause posted twice",
        "ledger.references_are_once",
        ENTRY.format(reference="reference", payment="payment_id") + "type = 'payout'",
        ("ledger_entry.ledger_entry_reference_key",),
    ),
    Damage(
        "a payment booked twice",
        "ledger.payments_are_booked_once",
        ENTRY.format(reference="reference || ':2'", payment="payment_id") + "type = 'payment'",
    ),
    Damage(
        "a sale that its merchant was not given",
        "ledger.payments_reach_their_merchants",
        "DELETE FROM ledger_transfer WHERE " + OF.format("balance:%"),
    ),
    Damage(
        "a sale given twice",
        "ledger.payments_reach_their_merchants",
        TRANSFER + OF.format("balance:%"),
    ),
    Damage(
        "a changed amount",
        "ledger.payments_reach_their_merchants",
        "UPDATE ledger_transfer SET amount = amount + 1 WHERE " + OF.format("balance:%"),
    ),
    Damage(
        "a reversal of a part",
        "ledger.corrections_are_whole",
        "DELETE FROM ledger_transfer WHERE type = 'tax' AND " + OF.format("reversal:refund:%"),
    ),
    Damage(
        "money that matured before it came",
        "ledger.nothing_matures_early",
        "UPDATE ledger_transfer SET available_at = posted_at - interval '1 hour' WHERE "
        + OF.format("balance:%"),
    ),
    Damage(
        "a sale without a time",
        "ledger.sales_mature",
        "UPDATE ledger_transfer SET available_at = NULL WHERE " + OF.format("balance:%"),
    ),
    Damage(
        "a checkpoint that is off by a cent",
        "ledger.checkpoints_are_sums",
        "UPDATE ledger_checkpoint SET debit_amount = debit_amount + 1",
    ),
    Damage(
        "a later checkpoint off by a cent",
        "ledger.checkpoints_follow_one_another",
        "UPDATE ledger_checkpoint SET credit_amount = credit_amount + 1 WHERE last_transfer_id = "
        "(SELECT max(last_transfer_id) FROM ledger_checkpoint)",
    ),
    Damage(
        "an old transfer changed under a checkpoint",
        "ledger.balances_are_sums",
        "UPDATE ledger_transfer SET amount = amount + 1 "
        "WHERE id = (SELECT min(id) FROM ledger_transfer)",
    ),
    Damage(
        "tax below zero",
        "ledger.nothing_is_negative",
        "UPDATE ledger_transfer SET amount = 10 * amount WHERE type = 'tax' AND "
        + OF.format("refund:%"),
    ),
    Damage(
        "more paid out than was due",
        "ledger.nothing_is_negative",
        "UPDATE ledger_transfer SET amount = 2 * amount WHERE " + OF.format("payout_paid:%"),
    ),
    Damage(
        "a fee that was not named",
        "ledger.fees_are_their_lines",
        "UPDATE ledger_transfer SET amount = amount + 5 WHERE type = 'platform_fee.payment'",
    ),
    Damage(
        "a fee that nobody agreed to",
        "ledger.fees_follow_the_terms",
        "UPDATE ledger_entry SET details = jsonb_set(details, '{{fees,0,amount}}', '9999') "
        "WHERE type = 'platform_fee'",
    ),
    Damage(
        "terms changed behind the merchant's back",
        "ledger.fees_follow_the_terms",
        "INSERT INTO ledger_feeplan (organization_id, name, payment_bps, payment_fixed_amount, "
        "subscription_bps, has_processor_fees, three_d_secure_amount) "
        "VALUES ('{organization}', 'scale', 340, 30, 0, true, 0)",
    ),
    Damage(
        "a fee credit refilled",
        "ledger.fee_credits_are_used",
        "UPDATE ledger_feecredit SET used_amount = 0",
    ),
    Damage(
        "a fee credit that was not taken",
        "ledger.fee_credits_are_named",
        "UPDATE ledger_entry SET details = jsonb_set(details, '{{credits}}', '[]') "
        "WHERE type = 'platform_fee'",
    ),
)
