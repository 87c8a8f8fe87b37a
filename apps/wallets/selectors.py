"""Reading balances and their movements."""

from __future__ import annotations

from uuid import UUID

from apps.organizations.querysets import TenantQuerySet
from apps.wallets.models import Wallet, WalletMovement


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
