"""Reads of the books."""

from apps.ledger.selectors.accounts import (
    AccountBalance,
    Balance,
    accounts_at,
    balance,
    balances,
    balances_of,
)

__all__ = [
    "AccountBalance",
    "Balance",
    "accounts_at",
    "balance",
    "balances",
    "balances_of",
]
