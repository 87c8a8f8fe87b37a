"""Damage to payouts."""

from tests.invariants.damages.kinds import Damage

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
