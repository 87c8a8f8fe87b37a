"""Where the ledger keeps a wallet: what a customer has is owed to them by their merchant."""

from __future__ import annotations

from apps.ledger.books import Move, Place, move, moves
from apps.ledger.kinds import AccountKind
from apps.wallets.models import Wallet


def places(wallet: Wallet) -> tuple[Place, Place]:
    """What was given in credit, and what is owed for it; a movement up goes from left to right."""
    return (
        Place(AccountKind.CUSTOMER_CREDIT, wallet.currency, wallet.organization_id),
        Place(AccountKind.CUSTOMER_BALANCE, wallet.currency, wallet.organization_id),
    )


def movement_moves(wallet: Wallet, kind: str, amount: int) -> tuple[Move, ...]:
    """The booking of a movement; `amount` is negative for credit used or taken away."""
    given, owed = places(wallet)
    return moves(move(f"wallet_{kind}", debit=given, credit=owed, amount=amount))
