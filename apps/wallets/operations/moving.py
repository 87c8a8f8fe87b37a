"""One movement of a wallet: its row, the balance and the ledger entry, together."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.ledger.books import Cause
from apps.ledger.operations import post_entry
from apps.wallets.locks import lock_billing_wallet
from apps.wallets.models import Wallet, WalletMovement
from apps.wallets.postings import movement_moves


class MovementConflict(DomainError):
    """The same cause moved the balance before, but by another amount."""

    status = 409
    message = "This moved the balance before, by another amount."


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose wallet, and in which currency."""

    customer_id: UUID
    organization_id: UUID
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A movement before it is written; `amount` is positive for credit given."""

    kind: WalletMovement.Kind
    amount: int
    reference: str
    order_id: UUID | None = None
    payment_id: UUID | None = None
    refund_id: UUID | None = None
    note: str = ""


def open_wallet(owner: Owner, origin: Origin) -> Wallet:
    """The billing wallet, locked; made if this is the first time that anything moves."""
    wallet = lock_billing_wallet(owner.customer_id, owner.currency)
    if wallet is None:
        Wallet.objects.bulk_create(
            [
                Wallet(
                    organization_id=owner.organization_id,
                    customer_id=owner.customer_id,
                    currency=owner.currency,
                    created_at=origin.at,
                )
            ],
            ignore_conflicts=True,
        )
        wallet = lock_billing_wallet(owner.customer_id, owner.currency)
    if wallet is None:
        raise LookupError(f"There is no wallet of {owner.customer_id}.")
    return wallet


def find_movement(reference: str) -> WalletMovement | None:
    """The movement of a cause, if it has moved anything yet; ask with the wallet locked."""
    return WalletMovement.objects.filter(reference=reference).first()


def move_wallet(wallet: Wallet, draft: Draft, origin: Origin) -> WalletMovement:
    """
    Change a locked wallet by `draft` and post it; the same reference again returns the first row.

    :raises MovementConflict: if the reference stands for another wallet, kind or amount.
    """
    found = find_movement(draft.reference)
    if found is not None:
        if (found.wallet_id, found.kind, found.amount) != (wallet.pk, draft.kind, draft.amount):
            raise MovementConflict
        return found
    wallet.balance += draft.amount
    wallet.modified_at = origin.at
    wallet.save(update_fields=["balance", "modified_at"])
    movement = WalletMovement.objects.create(
        organization_id=wallet.organization_id,
        wallet=wallet,
        kind=draft.kind,
        amount=draft.amount,
        balance_after=wallet.balance,
        order_id=draft.order_id,
        payment_id=draft.payment_id,
        refund_id=draft.refund_id,
        note=draft.note,
        reference=draft.reference,
        created_at=origin.at,
    )
    _post(wallet, movement, origin)
    return movement


def _post(wallet: Wallet, movement: WalletMovement, origin: Origin) -> None:
    post_entry(
        reference=movement.entry_reference,
        type="wallet",
        transfers=movement_moves(wallet, movement.kind, movement.amount),
        organization_id=wallet.organization_id,
        at=origin.at,
        cause=Cause(order_id=movement.order_id, payment_id=movement.payment_id),
        details={
            "wallet_id": str(wallet.pk),
            "movement_id": str(movement.pk),
            "refund_id": str(movement.refund_id) if movement.refund_id else None,
        },
    )
