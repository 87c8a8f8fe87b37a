"""Damage to sales and what follows from them."""

from tests.invariants.damages.kinds import Damage

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
        "a refund under way that keeps nothing",
        "payments.refunds_under_way_are_kept",
        "UPDATE payments_refund SET status = 'pending' WHERE status = 'succeeded'",
    ),
    Damage(
        "money kept for a refund that has ended",
        "payments.refunds_under_way_are_kept",
        "UPDATE ledger_entry SET reference = 'refund_hold:' || (SELECT id FROM payments_refund "
        "WHERE status = 'succeeded' LIMIT 1) WHERE id = (SELECT id FROM ledger_entry "
        "WHERE type = 'payment' LIMIT 1)",
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
