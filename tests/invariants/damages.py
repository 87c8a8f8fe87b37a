"""
Damage that no operation does: written straight into the database, past triggers and constraints.

Each leaves one thing wrong, and names the check that has to find it. `{…}` are ids of the world.
"""

from __future__ import annotations

from typing import NamedTuple


class Damage(NamedTuple):
    """What is wrong, who has to say so, and how it came to be."""

    name: str
    check: str
    sql: str
    # Constraints that stand in the way: `table.constraint`, or the name of an index.
    without: tuple[str, ...] = ()


_TRANSFER = """
    INSERT INTO ledger_transfer (entry_id, type, debit_account_id, credit_account_id, amount,
        currency, posted_at, available_at)
    SELECT entry_id, type, debit_account_id, credit_account_id, amount, currency, posted_at,
        available_at FROM ledger_transfer t WHERE """
_ENTRY = """
    INSERT INTO ledger_entry (id, organization_id, reference, type, order_id, payment_id, details,
        posted_at)
    SELECT gen_random_uuid(), organization_id, {reference}, type, order_id, {payment}, details,
        posted_at FROM ledger_entry WHERE """
_OF = "entry_id IN (SELECT id FROM ledger_entry WHERE reference LIKE '{}')"
_ACCOUNT = "(SELECT id FROM ledger_account WHERE kind = '{}' AND currency = 'usd' LIMIT 1)"

LEDGER = (
    Damage(
        "transfers deleted",
        "ledger.entries_have_transfers",
        "DELETE FROM ledger_transfer WHERE " + _OF.format("payment:%"),
    ),
    Damage(
        "a transfer without its entry",
        "ledger.transfers_join_accounts",
        "DELETE FROM ledger_entry WHERE reference LIKE 'processor_fee:%'",
    ),
    Damage(
        "a transfer of nothing",
        "ledger.transfers_join_accounts",
        "UPDATE ledger_transfer SET amount = 0 WHERE " + _OF.format("processor_fee:%"),
        ("ledger_transfer.ledger_transfer_positive",),
    ),
    Damage(
        "an amount turned round",
        "ledger.transfers_join_accounts",
        "UPDATE ledger_transfer SET amount = -amount WHERE " + _OF.format("balance:%"),
        ("ledger_transfer.ledger_transfer_positive",),
    ),
    Damage(
        "a transfer to itself",
        "ledger.transfers_join_accounts",
        "UPDATE ledger_transfer SET credit_account_id = debit_account_id WHERE "
        + _OF.format("processor_fee:%"),
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
        _ENTRY.format(reference="reference", payment="payment_id") + "type = 'payout'",
        ("ledger_entry.ledger_entry_reference_key",),
    ),
    Damage(
        "a payment booked twice",
        "ledger.payments_are_booked_once",
        _ENTRY.format(reference="reference || ':2'", payment="payment_id") + "type = 'payment'",
    ),
    Damage(
        "a sale that its merchant was not given",
        "ledger.payments_reach_their_merchants",
        "DELETE FROM ledger_transfer WHERE " + _OF.format("balance:%"),
    ),
    Damage(
        "a sale given twice",
        "ledger.payments_reach_their_merchants",
        _TRANSFER + _OF.format("balance:%"),
    ),
    Damage(
        "a changed amount",
        "ledger.payments_reach_their_merchants",
        "UPDATE ledger_transfer SET amount = amount + 1 WHERE " + _OF.format("balance:%"),
    ),
    Damage(
        "a reversal of a part",
        "ledger.corrections_are_whole",
        "DELETE FROM ledger_transfer WHERE type = 'tax' AND " + _OF.format("reversal:refund:%"),
    ),
    Damage(
        "money that matured before it came",
        "ledger.nothing_matures_early",
        "UPDATE ledger_transfer SET available_at = posted_at - interval '1 hour' WHERE "
        + _OF.format("balance:%"),
    ),
    Damage(
        "a sale without a time",
        "ledger.sales_mature",
        "UPDATE ledger_transfer SET available_at = NULL WHERE " + _OF.format("balance:%"),
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
        + _OF.format("refund:%"),
    ),
    Damage(
        "more paid out than was due",
        "ledger.nothing_is_negative",
        "UPDATE ledger_transfer SET amount = 2 * amount WHERE " + _OF.format("payout_paid:%"),
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

SALES = (
    Damage(
        "an item changed",
        "orders.orders_are_their_items",
        "UPDATE orders_orderitem SET net_amount = net_amount - 1 WHERE order_id = '{order}'",
    ),
    Damage(
        "a lost item",
        "orders.orders_are_their_items",
        "DELETE FROM orders_orderitem WHERE order_id = '{order}'",
    ),
    Damage(
        "a discount that changed nothing",
        "orders.totals_add_up",
        "UPDATE orders_order SET discount_amount = 1 WHERE id = '{order}'",
    ),
    Damage(
        "a status that says too much",
        "orders.refunded_orders_are_refunded",
        "UPDATE orders_order SET status = 'refunded' WHERE id = '{order}'",
    ),
    Damage(
        "an invoice number twice",
        "orders.invoice_numbers_are_once",
        "UPDATE orders_order SET invoice_number = (SELECT invoice_number FROM orders_order "
        "WHERE id = '{order}') WHERE id = '{refunded}'",
        ("orders_order.orders_order_invoice_number_key",),
    ),
    Damage(
        "a lost invoice",
        "orders.invoice_numbers_have_no_gaps",
        "UPDATE orders_order SET invoice_number = NULL WHERE id = '{order}'",
    ),
    Damage(
        "a counter set back",
        "orders.invoice_counters_are_ahead",
        "UPDATE customers_customer SET next_invoice_number = 1",
    ),
    Damage(
        "a receipt twice",
        "orders.receipts_are_of_paid_orders",
        "UPDATE orders_order SET receipt_number = (SELECT receipt_number FROM orders_order "
        "WHERE id = '{order}') WHERE id = '{refunded}'",
        ("orders_order.orders_order_receipt_once",),
    ),
    Damage(
        "a fee that is not the ledger's",
        "orders.platform_fees_are_posted",
        "UPDATE orders_order SET platform_fee_amount = platform_fee_amount + 1",
    ),
    Damage(
        "a deleted order",
        "orders.entries_have_their_orders",
        "DELETE FROM orders_order WHERE id = '{order}'",
    ),
    Damage(
        "credit that was not taken",
        "orders.applied_balances_were_moved",
        "UPDATE orders_order SET applied_balance_amount = -100 WHERE id = '{order}'",
    ),
    Damage(
        "a lock that nobody gave back",
        "orders.no_order_stays_locked",
        "UPDATE orders_order SET payment_lock_acquired_at = now() - interval '2 days' "
        "WHERE id = '{order}'",
    ),
    Damage(
        "a retry that was forgotten",
        "orders.due_orders_are_tried_again",
        "UPDATE orders_order SET status = 'pending', "
        "next_payment_attempt_at = now() - interval '2 days' WHERE id = '{order}'",
    ),
    Damage(
        "a refund that was not counted",
        "disputes.orders_count_what_went_back",
        "UPDATE orders_order SET refunded_amount = 0 WHERE id = '{refunded}'",
    ),
    Damage(
        "a refund that never left",
        "payments.refunds_are_posted",
        "UPDATE payments_refund SET status = 'succeeded' WHERE status = 'failed'",
    ),
    Damage(
        "a refund out of the books",
        "payments.refunds_are_posted",
        "UPDATE ledger_entry SET reference = 'lost' WHERE reference LIKE 'refund:%' "
        "AND id NOT IN (SELECT corrects_id FROM ledger_entry WHERE corrects_id IS NOT NULL)",
    ),
    Damage(
        "a refund of another amount",
        "payments.refunds_post_what_they_say",
        "UPDATE payments_refund SET amount = amount + 1",
    ),
    Damage(
        "more given back than was paid",
        "payments.payments_return_no_more_than_they_brought",
        "UPDATE payments_refund SET amount = 100000",
    ),
    Damage(
        "a refund in another currency",
        "payments.refunds_have_their_payments_currency",
        "UPDATE payments_refund SET currency = 'eur'",
    ),
    Damage(
        "two refunds of one payment under way",
        "payments.one_refund_is_unanswered",
        "UPDATE payments_refund SET status = 'pending', processor_id = NULL",
        ("payments_refund_one_unanswered",),
    ),
    Damage(
        "a refund that nobody asks after",
        "payments.refunds_do_not_wait_for_long",
        "UPDATE payments_refund SET status = 'pending', "
        "next_check_at = now() - interval '2 days' WHERE status = 'succeeded'",
    ),
    Damage(
        "a payment that was never booked",
        "payments.succeeded_payments_are_booked",
        "UPDATE payments_payment SET booked_at = NULL",
    ),
    Damage(
        "a payment that counts as booked",
        "payments.booked_payments_are_posted",
        "UPDATE ledger_entry SET payment_id = NULL WHERE type = 'payment'",
    ),
    Damage(
        "a payment of another amount",
        "payments.payments_post_what_they_brought",
        "UPDATE payments_payment SET amount = amount + 1 WHERE id = '{payment}'",
    ),
    Damage(
        "a payment that has failed after all",
        "payments.payments_post_what_they_brought",
        "UPDATE payments_payment SET status = 'failed' WHERE id = '{payment}'",
    ),
    Damage(
        "a deleted payment",
        "payments.entries_have_their_payments",
        "DELETE FROM payments_payment WHERE id = '{payment}'",
    ),
    Damage(
        "an order paid by nobody",
        "payments.paid_orders_are_paid_for",
        "UPDATE payments_payment SET order_id = NULL WHERE id = '{payment}'",
    ),
    Damage(
        "an order charged twice",
        "payments.orders_are_charged_once",
        "UPDATE payments_payment SET order_id = '{order}'",
    ),
    Damage(
        "two charges of an order under way",
        "payments.one_charge_is_open",
        "INSERT INTO payments_chargeattempt (id, created_at, organization_id, order_id, kind, "
        "trigger, status, key, request, intent_id, failure_code, failure_message) SELECT "
        "gen_random_uuid(), created_at, organization_id, order_id, kind, trigger, 'open', "
        "key || n, request, '', '', '' FROM payments_chargeattempt, generate_series(1, 2) n",
        ("payments_attempt_one_open",),
    ),
    Damage(
        "a charge whose payment is gone",
        "payments.succeeded_charges_have_payments",
        "UPDATE payments_payment SET status = 'failed'",
    ),
    Damage(
        "a charge that nobody asks after",
        "payments.charges_do_not_wait_for_long",
        "UPDATE payments_chargeattempt SET status = 'open', "
        "next_check_at = now() - interval '2 days'",
    ),
    Damage(
        "credit that was paid for and not given",
        "payments.top_ups_credit_what_was_paid",
        "UPDATE wallets_topup SET credited_at = NULL",
    ),
    Damage(
        "credit that nobody paid for",
        "payments.top_ups_have_orders",
        "DELETE FROM wallets_topup",
    ),
    Damage(
        "a wallet filled by hand",
        "wallets.wallets_are_sums",
        "UPDATE wallets_wallet SET balance = balance + 1",
    ),
    Damage(
        "a movement that left something else",
        "wallets.movements_follow_one_another",
        "UPDATE wallets_walletmovement SET balance_after = balance_after + 1",
    ),
    Damage(
        "a movement that was not posted",
        "wallets.movements_are_posted",
        "UPDATE wallets_walletmovement SET reference = reference || 'x'",
    ),
    Damage(
        "a wallet given to another merchant",
        "wallets.customers_are_owed_what_they_have",
        "UPDATE wallets_wallet SET organization_id = '{other}'",
    ),
    Damage(
        "a miscounted discount",
        "discounts.redemptions_are_counted",
        "UPDATE discounts_discount SET redemptions_count = 0",
    ),
    Damage(
        "a discount used too often",
        "discounts.limits_are_kept",
        "INSERT INTO discounts_redemption (id, created_at, discount_id, email_digest, fingerprint) "
        "SELECT gen_random_uuid(), created_at, discount_id, '', '' FROM discounts_redemption",
    ),
    Damage(
        "a checkout that sold nothing",
        "checkouts.succeeded_ones_sold",
        "UPDATE orders_order SET checkout_id = NULL WHERE id = '{order}'",
    ),
    Damage(
        "another price than was shown",
        "checkouts.orders_cost_what_was_shown",
        "UPDATE checkouts_checkout SET net_amount = net_amount - 1",
    ),
    Damage(
        "a checkout that nobody follows up",
        "checkouts.payments_are_followed_up",
        "UPDATE checkouts_checkout SET status = 'confirmed', confirmed_at = now(), "
        "next_check_at = now() - interval '2 days'",
    ),
)

PAYOUTS = (
    Damage(
        "a payout that is due though it arrived",
        "payouts.due_is_what_payouts_lack",
        "UPDATE payouts_payout SET settled_amount = 0 WHERE id = '{payout}'",
    ),
    Damage(
        "a transfer that was taken back in the row alone",
        "payouts.accounts_hold_what_was_transferred",
        "UPDATE payouts_payout SET settled_amount = 0 WHERE id = '{payout}'",
    ),
    Damage(
        "a lost line",
        "payouts.payouts_are_their_lines",
        "DELETE FROM payouts_payoutline WHERE id = "
        "(SELECT min(id) FROM payouts_payoutline WHERE payout_id = '{payout}')",
    ),
    Damage(
        "a line of another amount",
        "payouts.lines_are_transfers",
        "UPDATE payouts_payoutline SET amount = amount + 1 WHERE payout_id = '{payout}'",
    ),
    Damage(
        "a sale paid out twice",
        "payouts.transfers_are_paid_once",
        "INSERT INTO payouts_payoutline (payout_id, transfer_id, amount) "
        "SELECT '{manual}', transfer_id, amount FROM payouts_payoutline "
        "WHERE payout_id = '{payout}'",
        ("payouts_line_paid_once",),
    ),
    Damage(
        "lines of a canceled payout",
        "payouts.canceled_payouts_keep_no_lines",
        "UPDATE payouts_payout SET status = 'canceled', canceled_at = now() WHERE id = '{payout}'",
    ),
    Damage(
        "an attempt that settled something else",
        "payouts.payouts_arrive_by_attempts",
        "UPDATE payouts_payoutattempt SET settled_amount = settled_amount - 1",
    ),
    Damage(
        "attempts that pay too much",
        "payouts.attempts_never_overpay",
        "UPDATE payouts_payoutattempt SET amount = amount + 1",
    ),
    Damage(
        "a payout that only says it succeeded",
        "payouts.succeeded_payouts_arrived_whole",
        "UPDATE payouts_payout SET settled_amount = amount - 1 WHERE id = '{payout}'",
    ),
    Damage(
        "a canceled payout that still pays",
        "payouts.canceled_payouts_cannot_pay",
        "UPDATE payouts_payout SET status = 'canceled', canceled_at = now() WHERE id = '{payout}'",
    ),
    Damage(
        "an arrival out of the books",
        "payouts.settled_attempts_are_posted",
        "UPDATE ledger_entry SET reference = 'lost' WHERE reference LIKE 'payout_paid:%' "
        "AND details ->> 'payout_id' = '{payout}'",
    ),
    Damage(
        "two attempts under way",
        "payouts.one_attempt_is_unanswered",
        "INSERT INTO payouts_payoutattempt (id, created_at, organization_id, payout_id, number, "
        "status, amount, currency, settled_amount, processor_id, failure_code, failure_message) "
        "SELECT gen_random_uuid(), created_at, organization_id, payout_id, number + n, 'pending', "
        "amount, currency, 0, '', '', '' FROM payouts_payoutattempt, generate_series(1, 2) n",
    ),
    Damage(
        "a number of an invoice twice",
        "payouts.invoice_numbers_are_once",
        "UPDATE payouts_payout SET invoice_number = 'X'",
        ("payouts_payout.payouts_payout_invoice_number",),
    ),
    Damage(
        "an invoice of another amount",
        "payouts.invoices_are_their_payouts",
        "UPDATE payouts_payout SET amount = amount + 1, gross_amount = gross_amount + 1 "
        "WHERE id = '{payout}'",
    ),
    Damage(
        "a step that nobody asks after",
        "payouts.no_step_waits_for_long",
        "UPDATE payouts_payoutattempt SET next_check_at = now() - interval '2 days'",
    ),
    Damage(
        "a reserve that grew by itself",
        "payouts.reserves_are_reserved",
        "UPDATE payouts_reservepart SET amount = amount + 1",
    ),
    Damage(
        "a hold that shrank by itself",
        "payouts.holds_are_held",
        "UPDATE payouts_hold SET amount = amount - 1",
    ),
)

DISPUTES = (
    Damage(
        "a dispute out of the books",
        "disputes.withdrawals_are_posted",
        "UPDATE ledger_entry SET reference = 'lost:' || reference WHERE reference LIKE 'dispute:%'",
    ),
    Damage(
        "a dispute that was lost in the row alone",
        "disputes.losses_are_posted",
        "UPDATE disputes_dispute SET status = 'lost', closed_at = now() "
        "WHERE status = 'needs_response'",
    ),
    Damage(
        "a payment that can be refunded in spite of its dispute",
        "disputes.payments_know_they_are_contested",
        "UPDATE payments_payment SET contested_at = NULL",
    ),
    Damage(
        "an acceptance that nobody asks after",
        "disputes.acceptances_are_answered",
        "UPDATE disputes_dispute SET accept_asked_at = now() - interval '2 days'",
    ),
    Damage(
        "money that is nowhere",
        "payouts.every_cent_is_in_one_place",
        "UPDATE payouts_hold SET amount = amount - 1",
    ),
)

SUBSCRIPTIONS = (
    Damage(
        "a period billed before it began",
        "subscriptions.nothing_is_billed_ahead",
        "UPDATE subscriptions_billingentry SET start_at = now() + interval '40 days'",
    ),
    Damage(
        "a period billed twice",
        "subscriptions.periods_are_billed_once",
        "UPDATE orders_order SET subscription_id = '{subscription}', "
        "period_start_at = now() - interval '40 days', period_end_at = now()",
        ("orders_order.orders_order_one_per_period",),
    ),
    Damage(
        "a renewal within a period",
        "subscriptions.periods_do_not_overlap",
        "UPDATE orders_order SET subscription_id = '{subscription}', "
        "billing_reason = 'subscription_cycle', "
        "period_start_at = CASE id WHEN '{order}' THEN now() - interval '40 days' "
        "ELSE now() - interval '20 days' END, period_end_at = now() + interval '9 days' "
        "WHERE id IN ('{order}', '{refunded}')",
    ),
    Damage(
        "a subscription without a price",
        "subscriptions.living_ones_have_prices",
        "DELETE FROM subscriptions_subscriptionprice",
    ),
    Damage(
        "an amount that is not the prices'",
        "subscriptions.amounts_are_prices",
        "UPDATE subscriptions_subscription SET amount = amount - 1",
    ),
    Damage(
        "a debt that nobody has",
        "subscriptions.past_due_ones_owe",
        "UPDATE subscriptions_subscription SET status = 'past_due', past_due_at = now(); "
        "DELETE FROM orders_order WHERE status IN ('draft', 'pending')",
    ),
    Damage(
        "two changes that wait",
        "subscriptions.one_change_waits",
        "INSERT INTO subscriptions_pendingupdate (id, created_at, organization_id, "
        "subscription_id, timing, applies_at, changes_discount, behavior, details) "
        "SELECT gen_random_uuid(), now(), organization_id, id, 'period', now(), false, '', '{{}}' "
        "FROM subscriptions_subscription, generate_series(1, 2)",
        ("subscriptions_pendingupdate_one",),
    ),
    Damage(
        "an entry in another's order",
        "subscriptions.entries_are_in_their_orders",
        "UPDATE subscriptions_billingentry SET order_item_id = "
        "(SELECT id FROM orders_orderitem WHERE order_id = '{order}' LIMIT 1)",
    ),
    Damage(
        "a renewal that was forgotten",
        "subscriptions.due_ones_are_renewed",
        "UPDATE subscriptions_subscription SET current_period_end_at = now() - interval '2 days'",
    ),
    Damage(
        "a pause that does not end",
        "subscriptions.paused_ones_resume",
        "UPDATE subscriptions_subscription SET status = 'paused', paused_at = now(), "
        "resumes_at = now() - interval '2 days'",
    ),
)

MACHINERY = (
    Damage(
        "an outbox that nobody empties",
        "events.outbox_is_delivered",
        "UPDATE events_delivery SET done_at = NULL, next_attempt_at = now() - interval '2 hours'",
    ),
    Damage(
        "a delivery that was given up",
        "events.no_delivery_was_given_up",
        "UPDATE events_delivery SET done_at = NULL, given_up_at = now()",
    ),
    Damage(
        "a delivery of nothing",
        "events.deliveries_have_events",
        "UPDATE events_delivery SET event_id = gen_random_uuid()",
    ),
    Damage(
        "a provider event that was not handled",
        "processors.inbound_events_are_handled",
        "UPDATE processors_inboundevent SET status = 'received', "
        "received_at = now() - interval '2 hours'",
    ),
    Damage(
        "a run that never ended",
        "core.no_periodic_job_is_stuck",
        "UPDATE core_periodicrun SET finished_at = NULL, outcome = 'running', "
        "started_at = now() - interval '2 hours'",
    ),
    Damage(
        "a task that nobody tried again",
        "core.no_task_is_dead",
        "UPDATE core_deadtask SET retried_at = NULL",
    ),
)

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

DAMAGES = (*LEDGER, *SALES, *PAYOUTS, *DISPUTES, *SUBSCRIPTIONS, *MACHINERY, *RECONCILIATION)
