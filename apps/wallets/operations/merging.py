"""The balances of one customer, brought to another."""

from __future__ import annotations

from django.db import transaction

from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.wallets.models import Wallet, WalletMovement
from apps.wallets.operations.moving import Draft, move_wallet


def shared_wallets(first: Customer, second: Customer) -> list[tuple[Wallet, Wallet]]:
    """The wallets of the first for which the second has one of the same kind and currency."""
    theirs = {(one.type, one.currency): one for one in Wallet.objects.filter(customer=second)}
    mine = Wallet.objects.filter(customer=first).order_by("id")
    return [
        (one, theirs[one.type, one.currency]) for one in mine if (one.type, one.currency) in theirs
    ]


@transaction.atomic
def merge_wallets(*, customer: Customer, into: Customer, origin: Origin) -> int:
    """
    Bring every balance of `customer` to `into`; how many wallets were emptied.

    A wallet that the other one has too is emptied by a movement into that, both of them posted,
    and stays with its history. One that the other lacks is theirs from now on. The wallets of
    both are locked by the caller; the second time nothing moves.
    """
    emptied = 0
    shared = shared_wallets(customer, into)
    for wallet, other in shared:
        if wallet.balance:
            _bring(wallet, other, origin)
            emptied += 1
    left = [wallet.pk for wallet, _ in shared]
    Wallet.objects.filter(customer=customer).exclude(pk__in=left).update(customer=into)
    return emptied


def _bring(wallet: Wallet, other: Wallet, origin: Origin) -> None:
    cause = f"merge:{wallet.pk}:{other.pk}"
    amount = wallet.balance
    sides = (
        (wallet, -amount, "out", f"To the balance of customer {other.customer_id}"),
        (other, amount, "in", f"From the balance of customer {wallet.customer_id}"),
    )
    for one, change, side, note in sides:
        draft = Draft(
            kind=WalletMovement.Kind.ADJUSTMENT,
            amount=change,
            reference=f"{cause}:{side}",
            note=note,
        )
        move_wallet(one, draft, origin)
