"""Wallets as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from apps.wallets.models import Wallet


class WalletBody(TypedDict):
    """A wallet; `balance` in minor units of `currency`."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    customer_id: UUID
    balance: int
    currency: str


def present_wallet(wallet: Wallet) -> WalletBody:
    """One wallet."""
    return {
        "id": wallet.pk,
        "created_at": wallet.created_at,
        "modified_at": wallet.modified_at,
        "customer_id": wallet.customer_id,
        "balance": wallet.balance,
        "currency": wallet.currency,
    }
