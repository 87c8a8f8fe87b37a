"""What becomes of balances when two customers become one."""

from __future__ import annotations

from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.customers.belongings import Care, register_care
from apps.customers.models import Customer
from apps.ledger.books import Move
from apps.ledger.selectors import planned_moves
from apps.wallets.locks import lock_wallets_of
from apps.wallets.models import TopUp, Wallet
from apps.wallets.operations.merging import merge_wallets, shared_wallets
from apps.wallets.postings import movement_moves


def register() -> None:
    """Called once, when Django is ready."""
    care = Care(lock=lock_wallets_of, foresee=_foresee, prepare=_merge, is_moved_here=True)
    register_care("wallets.Wallet", care)


def _merge(first: Customer, second: Customer, origin: Origin) -> None:
    merge_wallets(customer=first, into=second, origin=origin)


def _foresee(first: Customer, second: Customer) -> Plan:
    moves: list[Move] = []
    changes = []
    for wallet, other in shared_wallets(first, second):
        if wallet.balance:
            moves += movement_moves(wallet, "adjustment", -wallet.balance)
            moves += movement_moves(other, "adjustment", wallet.balance)
            changes.append(
                Change(
                    f"{other} of {second}",
                    format_amount(other.balance, other.currency),
                    format_amount(other.balance + wallet.balance, other.currency),
                )
            )
    is_filling = TopUp.objects.filter(
        wallet__in=Wallet.objects.filter(customer=first), credited_at=None, given_up_at=None
    ).exists()
    plan = Plan(
        changes=tuple(changes),
        obstacles=(f"{first} is just paying for a top-up: wait for it.",) if is_filling else (),
    )
    return plan.joined([planned_moves(moves)]) if moves else plan
