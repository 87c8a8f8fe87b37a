"""The row locks of wallets."""

from __future__ import annotations

from uuid import UUID

from apps.wallets.models import Wallet


def lock_billing_wallet(customer_id: UUID, currency: str) -> Wallet | None:
    """
    The billing wallet of a customer in a currency, locked until the transaction ends.

    None if nothing ever moved in it. Taken after the locks of orders and subscriptions.
    """
    rows = Wallet.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(customer_id=customer_id, currency=currency, type=Wallet.Type.BILLING).first()
