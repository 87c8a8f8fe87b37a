"""Reads of the books."""

from apps.ledger.selectors.accounts import (
    AccountBalance,
    Balance,
    accounts_at,
    balance,
    balances,
    balances_digest,
    balances_of,
)
from apps.ledger.selectors.entries import (
    entries_of,
    entries_of_order,
    entry_with_transfers,
    transfers_of,
)
from apps.ledger.selectors.explaining import OrderMoney, Payer, Share, explain_order
from apps.ledger.selectors.fees import FeeTerms, fee_credit_balance, fee_terms
from apps.ledger.selectors.maturity import MerchantMoney, Release, merchant_money
from apps.ledger.selectors.planning import account_name, planned_entries, planned_moves
from apps.ledger.selectors.refunding import booked_payment, refund_reversal_drafts

__all__ = [
    "AccountBalance",
    "Balance",
    "FeeTerms",
    "MerchantMoney",
    "OrderMoney",
    "Payer",
    "Release",
    "Share",
    "account_name",
    "accounts_at",
    "balance",
    "balances",
    "balances_digest",
    "balances_of",
    "booked_payment",
    "entries_of",
    "entries_of_order",
    "entry_with_transfers",
    "explain_order",
    "fee_credit_balance",
    "fee_terms",
    "merchant_money",
    "planned_entries",
    "planned_moves",
    "refund_reversal_drafts",
    "transfers_of",
]
