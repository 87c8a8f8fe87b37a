"""Reading balances and their movements."""

from __future__ import annotations

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.organizations.querysets import TenantQuerySet
from apps.wallets.models import TopUp, Wallet, WalletMovement


def balance(customer_id: UUID, currency: str) -> int:
    """What a customer has in a currency, in minor units; below zero is a debt."""
    return (
        Wallet.objects.filter(customer_id=customer_id, currency=currency, type=Wallet.Type.BILLING)
        .values_list("balance", flat=True)
        .first()
        or 0
    )


def wallets_of(customer_id: UUID) -> TenantQuerySet[Wallet]:
    """The wallets of a customer, one per kind and currency."""
    return Wallet.objects.filter(customer_id=customer_id).order_by("type", "currency")


def movements_of_order(order_id: UUID) -> TenantQuerySet[WalletMovement]:
    """What an order moved, in the order in which it did."""
    return WalletMovement.objects.filter(order_id=order_id).order_by("pk")


def usage_wallets(organization_id: UUID) -> TenantQuerySet[Wallet]:
    """The wallets that an organization's customers fill and use up."""
    return Wallet.objects.filter(organization_id=organization_id, type=Wallet.Type.USAGE)


def usage_wallet(organization_id: UUID, wallet_id: UUID) -> Wallet:
    """
    One of them.

    :raises ResourceNotFound: for another organization's, and for a customer's balance.
    """
    found = usage_wallets(organization_id).filter(pk=wallet_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def is_topped_up(wallet: Wallet, idempotency_key: str | None) -> bool:
    """Whether the request of this key was paid for and credited; no key stands for none."""
    return bool(idempotency_key) and (
        TopUp.objects.filter(wallet=wallet, idempotency_key=idempotency_key)
        .exclude(credited_at=None)
        .exists()
    )


def top_up_of_order(order_id: UUID) -> TopUp | None:
    """What an order buys, if that is credit."""
    return TopUp.objects.filter(order_id=order_id).first()
