"""Orders that use credit or collect a debt, and what becomes of it when they are given up."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.organizations.querysets import TenantQuerySet
from apps.wallets.amounts import apply_balance, unearned_amount
from apps.wallets.locks import lock_billing_wallet
from apps.wallets.models import Wallet, WalletMovement
from apps.wallets.operations.moving import (
    Draft,
    MovementConflict,
    Owner,
    find_movement,
    move_wallet,
    open_wallet,
)

Kind = WalletMovement.Kind


@dataclass(frozen=True, slots=True)
class Applied:
    """What an order keeps: negative where credit was used, positive where a debt was collected."""

    applied_balance_amount: int
    due_amount: int


@transaction.atomic
def apply_to_order(
    *,
    customer_id: UUID,
    organization_id: UUID,
    currency: str,
    order_id: UUID,
    total_amount: int,
    origin: Origin,
) -> Applied:
    """
    Use the customer's credit for an order, collect a debt with it, or keep a negative total.

    Amounts in minor units of `currency`. The wallet stays locked until the transaction ends. The
    same order again finds what it moved the first time, whatever the balance is by then.

    :raises MovementConflict: if it was applied before with another total.
    """
    owner = Owner(customer_id=customer_id, organization_id=organization_id, currency=currency)
    wallet = lock_billing_wallet(customer_id, currency)
    # Most customers have no wallet: then nothing has moved, and nothing needs to be looked for.
    first = find_movement(_reference(order_id)) if wallet else None
    if first is not None:
        before = first.balance_after - first.amount
        again = apply_balance(total_amount, before)
        if again.movement_amount != first.amount:
            raise MovementConflict
        return Applied(again.applied_balance_amount, again.due_amount)
    made = apply_balance(total_amount, wallet.balance if wallet else 0)
    if made.movement_amount:
        move_wallet(
            wallet or open_wallet(owner, origin),
            Draft(
                kind=Kind.ORDER if total_amount >= 0 else Kind.ORDER_CREDIT,
                amount=made.movement_amount,
                reference=_reference(order_id),
                order_id=order_id,
            ),
            origin,
        )
    return Applied(made.applied_balance_amount, made.due_amount)


@transaction.atomic
def carry_over(
    *,
    customer_id: UUID,
    organization_id: UUID,
    currency: str,
    order_id: UUID,
    amount: int,
    origin: Origin,
) -> WalletMovement:
    """
    Leave what an order has due as a debt, for the next order to collect: too little to charge.

    The same order again finds the first movement.

    :raises MovementConflict: if it carried over another amount before.
    """
    owner = Owner(customer_id=customer_id, organization_id=organization_id, currency=currency)
    return move_wallet(
        open_wallet(owner, origin),
        Draft(
            kind=Kind.CARRY_OVER,
            amount=-amount,
            reference=f"carry_over:{order_id}",
            order_id=order_id,
        ),
        origin,
    )


@transaction.atomic
def return_of_void(
    *,
    customer_id: UUID,
    organization_id: UUID,
    currency: str,
    order_id: UUID,
    due_amount: int,
    applied_balance_amount: int,
    origin: Origin,
) -> list[WalletMovement]:
    """
    Undo what an order that is given up did to the balance.

    Credit that stands against its `due_amount` was never earned and goes first; then the credit
    that it used comes back, or the debt that it collected. While the order stays given up, the
    second time finds the same movements.
    """
    owner = Owner(customer_id=customer_id, organization_id=organization_id, currency=currency)
    wallet = lock_billing_wallet(customer_id, currency)
    standing = _standing_returns(order_id) if wallet else []
    if standing:
        return standing
    unearned = unearned_amount(wallet.balance if wallet else 0, due_amount)
    amounts = [amount for amount in (-unearned, -applied_balance_amount) if amount]
    if not amounts:
        return []
    wallet = wallet or open_wallet(owner, origin)
    first = _voids_of(order_id).count()
    return [
        _moved_by(wallet, Kind.VOID, amount, f"void:{order_id}:{number}", order_id, origin)
        for number, amount in enumerate(amounts, first)
    ]


@transaction.atomic
def retake_of_unvoid(
    *,
    customer_id: UUID,
    organization_id: UUID,
    currency: str,
    order_id: UUID,
    applied_balance_amount: int,
    origin: Origin,
) -> list[WalletMovement]:
    """
    Take back what giving the order up returned, and return what it took: both together move
    nothing, even where the credit was spent meanwhile, which then leaves a debt.

    An order that was given up before there were movements of it takes `applied_balance_amount`.
    The second time changes nothing.
    """
    owner = Owner(customer_id=customer_id, organization_id=organization_id, currency=currency)
    wallet = lock_billing_wallet(customer_id, currency)
    if wallet is not None:
        standing = _standing_returns(order_id)
        if standing or _voids_of(order_id).exists():
            return [
                _moved_by(wallet, Kind.UNVOID, -one.amount, f"unvoid:{one.pk}", order_id, origin)
                for one in standing
            ]
    if not applied_balance_amount:
        return []
    wallet = wallet or open_wallet(owner, origin)
    reference = f"unvoid:{order_id}"
    return [_moved_by(wallet, Kind.UNVOID, applied_balance_amount, reference, order_id, origin)]


def _reference(order_id: UUID) -> str:
    return f"order:{order_id}"


def _standing_returns(order_id: UUID) -> list[WalletMovement]:
    """The movements of giving it up that were not taken back."""
    returned = list(_voids_of(order_id).order_by("pk"))
    taken_back = set(
        WalletMovement.objects.filter(order_id=order_id, kind=Kind.UNVOID).values_list(
            "reference", flat=True
        )
    )
    return [one for one in returned if f"unvoid:{one.pk}" not in taken_back]


def _voids_of(order_id: UUID) -> TenantQuerySet[WalletMovement]:
    return WalletMovement.objects.filter(order_id=order_id, kind=Kind.VOID)


def _moved_by(
    wallet: Wallet, kind: Kind, amount: int, reference: str, order_id: UUID, origin: Origin
) -> WalletMovement:
    draft = Draft(kind=kind, amount=amount, reference=reference, order_id=order_id)
    return move_wallet(wallet, draft, origin)
