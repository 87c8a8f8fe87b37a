"""Reading balances and their movements."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.core.money import round_half_away
from apps.ledger.books import Move
from apps.organizations.querysets import TenantQuerySet
from apps.wallets.amounts import unearned_amount
from apps.wallets.models import TopUp, Wallet, WalletMovement
from apps.wallets.postings import movement_moves


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


def usage_wallets_of(customer_id: UUID) -> TenantQuerySet[Wallet]:
    """Those of one customer."""
    return Wallet.objects.filter(customer_id=customer_id, type=Wallet.Type.USAGE)


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


@dataclass(frozen=True, slots=True)
class CreditLoss:
    """What a refund takes from a wallet, in minor units of its currency, and the booking of it."""

    name: str
    currency: str
    before: int
    amount: int
    moves: tuple[Move, ...]

    @property
    def after(self) -> int:
        """What is left in the wallet."""
        return self.before - self.amount


def credit_lost_by_refund(
    *, customer_id: UUID, currency: str, order_id: UUID, amount: int
) -> CreditLoss | None:
    """What `reduce_by_refund` would take for `amount` (gross) of an order; None for nothing."""
    top_up = top_up_of_order(order_id)
    if top_up is not None:
        wallet = Wallet.objects.filter(pk=top_up.wallet_id).first()
    else:
        billing = Wallet.objects.filter(customer_id=customer_id, type=Wallet.Type.BILLING)
        wallet = billing.filter(currency=currency).first()
    if wallet is None:
        return None
    taken = unearned_amount(wallet.balance, credited_part(top_up, amount))
    if not taken:
        return None
    return CreditLoss(
        _name(wallet),
        wallet.currency,
        wallet.balance,
        taken,
        movement_moves(wallet, "refund", -taken),
    )


def credit_taken_by_refund(refund_id: UUID) -> CreditLoss | None:
    """What `give_back_refund` would put back, as a loss below zero; None if nothing was taken."""
    taken = WalletMovement.objects.filter(reference=refund_movement_reference(refund_id)).first()
    if taken is None:
        return None
    wallet = taken.wallet
    moves = movement_moves(wallet, "refund", -taken.amount)
    return CreditLoss(_name(wallet), wallet.currency, wallet.balance, taken.amount, moves)


def refund_movement_reference(refund_id: UUID) -> str:
    """The reference of the movement by which a refund took credit."""
    return f"refund:{refund_id}"


def _name(wallet: Wallet) -> str:
    kind = "Balance" if wallet.type == Wallet.Type.BILLING else "Wallet"
    return f"{kind} of the customer"


def credited_part(top_up: TopUp | None, amount: int) -> int:
    """What of a gross `amount` was credited: of a top-up not its tax, of other orders all."""
    if top_up is None:
        return amount
    return round_half_away(Fraction(amount * top_up.amount, top_up.charged_amount))
