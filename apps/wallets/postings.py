"""Where the ledger keeps a wallet: what a customer has is owed to them by their merchant."""

from __future__ import annotations

from apps.ledger.books import Place
from apps.ledger.kinds import AccountKind
from apps.wallets.models import Wallet


def places(wallet: Wallet) -> tuple[Place, Place]:
    """What was given in credit, and what is owed for it; a movement up goes from left to right."""
    return (
        Place(AccountKind.CUSTOMER_CREDIT, wallet.currency, wallet.organization_id),
        Place(AccountKind.CUSTOMER_BALANCE, wallet.currency, wallet.organization_id),
    )
