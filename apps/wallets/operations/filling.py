"""Wallets that customers fill with money: made, promised credit, credited."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceAlreadyExists, ResourceNotFound
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.events.operations import record
from apps.wallets.errors import TopUpInProgress
from apps.wallets.locks import lock_wallet
from apps.wallets.models import TopUp, Wallet, WalletMovement
from apps.wallets.operations.moving import Draft, move_wallet
from apps.wallets.selectors import top_up_of_order


@transaction.atomic
def create_wallet(*, customer: Customer, currency: str, origin: Origin) -> Wallet:
    """
    An empty wallet that the customer can fill. Records `wallet.created`.

    :raises ResourceAlreadyExists: if they have one in this currency.
    """
    wallet = Wallet(
        organization_id=customer.organization_id,
        customer=customer,
        type=Wallet.Type.USAGE,
        currency=currency,
        created_at=origin.at,
    )
    Wallet.objects.bulk_create([wallet], ignore_conflicts=True)
    if not Wallet.objects.filter(pk=wallet.pk).exists():
        raise ResourceAlreadyExists("The customer has a wallet in this currency already.")
    record(
        "wallet.created",
        subject=wallet,
        organization_id=wallet.organization_id,
        origin=origin,
        payload={"customer_id": str(customer.pk), "currency": currency},
    )
    return wallet


@transaction.atomic
def require_fillable(*, wallet_id: UUID) -> Wallet:
    """
    The wallet, locked until the transaction ends, if nothing is open about it.

    :raises ResourceNotFound: if there is none, or it is a balance that orders draw on.
    :raises TopUpInProgress: while the outcome of a top-up is not known.
    """
    wallet = lock_wallet(wallet_id)
    if wallet is None or wallet.type != Wallet.Type.USAGE:
        raise ResourceNotFound
    if TopUp.objects.filter(wallet=wallet, credited_at=None, given_up_at=None).exists():
        raise TopUpInProgress
    return wallet


@transaction.atomic
def promise_top_up(
    *, wallet: Wallet, order_id: UUID, amount: int, charged_amount: int, origin: Origin
) -> TopUp:
    """
    Keep what a locked wallet gets once its order is paid; the balance does not move yet.

    Amounts in minor units of the wallet's currency.
    """
    return TopUp.objects.create(
        created_at=origin.at,
        organization_id=wallet.organization_id,
        wallet=wallet,
        order_id=order_id,
        amount=amount,
        charged_amount=charged_amount,
        idempotency_key=origin.idempotency_key or "",
    )


@transaction.atomic
def credit_top_up(*, order_id: UUID, origin: Origin) -> WalletMovement | None:
    """
    Credit what a paid order bought, once; None if it bought no credit.

    One that was given up is credited too: the money came after all. Records `wallet.topped_up`.
    """
    wallet, top_up = _locked(order_id)
    if wallet is None or top_up is None:
        return None
    movement = move_wallet(
        wallet,
        Draft(
            kind=WalletMovement.Kind.TOP_UP,
            amount=top_up.amount,
            reference=f"top_up:{order_id}",
            order_id=order_id,
        ),
        origin,
    )
    if top_up.credited_at is None:
        top_up.credited_at = top_up.modified_at = origin.at
        top_up.given_up_at = None
        top_up.save(update_fields=["credited_at", "given_up_at", "modified_at"])
        record(
            "wallet.topped_up",
            subject=wallet,
            organization_id=wallet.organization_id,
            origin=origin,
            changes={"balance_amount": (wallet.balance - top_up.amount, wallet.balance)},
            payload={"amount": top_up.amount, "order_id": str(order_id)},
        )
    return movement


@transaction.atomic
def give_up_top_up(*, order_id: UUID, origin: Origin) -> bool:
    """Whether an open top-up of this order was given up by this call; nothing is credited."""
    _, top_up = _locked(order_id)
    if top_up is None or top_up.credited_at or top_up.given_up_at:
        return False
    top_up.given_up_at = top_up.modified_at = origin.at
    top_up.save(update_fields=["given_up_at", "modified_at"])
    return True


def _locked(order_id: UUID) -> tuple[Wallet | None, TopUp | None]:
    """The wallet that an order fills, locked, and what it gets as it is under that lock."""
    found = top_up_of_order(order_id)
    if found is None:
        return None, None
    return lock_wallet(found.wallet_id), top_up_of_order(order_id)
