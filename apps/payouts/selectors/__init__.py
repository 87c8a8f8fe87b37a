"""Reads of payouts, and of what is kept back."""

from apps.payouts.selectors.keeping import (
    due_hold_ids,
    due_reserve_ids,
    holds_due_by,
    kept_amount,
    kept_parts,
    reserves_due_by,
    standing_reserves,
)
from apps.payouts.selectors.payouts import (
    account_by_processor_id,
    amounts_of,
    attempt_of_bank_payout,
    due_schedule_ids,
    ledger_money_of,
    left_to_pay,
    money_of,
    organizations_of,
    profile_of,
    schedules_due_by,
    sendable_payout_ids,
    tried,
    unknown_attempt_ids,
    waiting_transfer_ids,
)
from apps.payouts.selectors.whereabouts import (
    balance_transactions,
    transfers_in_place,
    whereabouts_of,
)

__all__ = [
    "account_by_processor_id",
    "amounts_of",
    "attempt_of_bank_payout",
    "balance_transactions",
    "due_hold_ids",
    "due_reserve_ids",
    "due_schedule_ids",
    "holds_due_by",
    "kept_amount",
    "kept_parts",
    "ledger_money_of",
    "left_to_pay",
    "money_of",
    "organizations_of",
    "profile_of",
    "reserves_due_by",
    "schedules_due_by",
    "sendable_payout_ids",
    "standing_reserves",
    "transfers_in_place",
    "tried",
    "unknown_attempt_ids",
    "waiting_transfer_ids",
    "whereabouts_of",
]
