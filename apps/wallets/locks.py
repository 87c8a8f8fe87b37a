"""The row locks of wallets."""

from __future__ import annotations

from uuid import UUID

from apps.core.prepared import ID_MARK, Prepared
from apps.wallets.models import Wallet

_billing = Prepared(
    lambda value: (
        Wallet.objects.select_for_update(of=("self",), no_key=True)
        .filter(customer=value, type=Wallet.Type.BILLING)
        .order_by("id")
    ),
    mark=ID_MARK,
)


def lock_billing_wallet(customer_id: UUID, currency: str) -> Wallet | None:
    """
    The billing wallet of a customer in a currency, locked until the transaction ends.

    None if nothing ever moved in it. Those in other currencies are locked with it, in one order.
    Taken after the locks of orders and subscriptions.
    """
    found = _billing.rows(customer_id)
    return next((wallet for wallet in found if wallet.currency == currency), None)


def lock_wallet(wallet_id: UUID) -> Wallet | None:
    """
    One wallet with its customer and organization, locked until the transaction ends.

    None if there is none. Taken after the locks of orders that are there already.
    """
    return (
        Wallet.objects.select_for_update(of=("self",), no_key=True)
        .select_related("customer", "organization")
        .filter(pk=wallet_id)
        .first()
    )


def lock_wallets_of(customer_id: UUID) -> list[Wallet]:
    """All wallets of a customer, locked in one order until the transaction ends."""
    rows = Wallet.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(customer_id=customer_id).order_by("id"))
