"""Refunds that take credit away which the refunded order had given."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.wallets.amounts import unearned_amount
from apps.wallets.locks import lock_billing_wallet, lock_wallet
from apps.wallets.models import WalletMovement
from apps.wallets.operations.moving import Draft, find_movement, move_wallet
from apps.wallets.selectors import (
    credited_part,
    refund_movement_reference,
    top_up_of_order,
)

Kind = WalletMovement.Kind


@transaction.atomic
def reduce_by_refund(
    *,
    customer_id: UUID,
    currency: str,
    order_id: UUID,
    refund_id: UUID,
    amount: int,
    origin: Origin,
) -> WalletMovement | None:
    """
    Take away credit, as far as there is any, up to the gross amount of this one refund.

    Of an order that bought credit for a wallet, that wallet loses it, without the tax.

    None if there was nothing to take. The same refund again finds the first movement.
    """
    top_up = top_up_of_order(order_id)
    if top_up is not None:
        wallet = lock_wallet(top_up.wallet_id)
    else:
        wallet = lock_billing_wallet(customer_id, currency)
    found = find_movement(refund_movement_reference(refund_id))
    if found is not None or wallet is None:
        return found
    # The tax on a top-up was never credited.
    taken = unearned_amount(wallet.balance, credited_part(top_up, amount))
    if not taken:
        return None
    draft = Draft(
        kind=Kind.REFUND,
        amount=-taken,
        reference=refund_movement_reference(refund_id),
        order_id=order_id,
        refund_id=refund_id,
    )
    return move_wallet(wallet, draft, origin)


@transaction.atomic
def give_back_refund(
    *, customer_id: UUID, currency: str, refund_id: UUID, origin: Origin
) -> WalletMovement | None:
    """
    Give back exactly what a refund took that has failed since; None if it took nothing.

    The second time finds the first movement.
    """
    lock_billing_wallet(customer_id, currency)
    taken = find_movement(refund_movement_reference(refund_id))
    # Where it was taken from: not the balance, if the order had bought credit for a wallet.
    wallet = lock_wallet(taken.wallet_id) if taken is not None else None
    if wallet is None or taken is None:
        return None
    draft = Draft(
        kind=Kind.REFUND,
        amount=-taken.amount,
        reference=f"refund_failed:{refund_id}",
        order_id=taken.order_id,
        refund_id=refund_id,
    )
    return move_wallet(wallet, draft, origin)
