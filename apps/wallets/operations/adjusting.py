"""Staff who give a customer credit, or take it away, for a reason."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.core.money import format_amount, is_presentment_currency, maximum_amount
from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.customers.models import Customer
from apps.events.operations import record
from apps.ledger.selectors import planned_moves
from apps.wallets import selectors
from apps.wallets.models import Wallet, WalletMovement
from apps.wallets.operations.moving import Draft, Owner, move_wallet, open_wallet
from apps.wallets.postings import movement_moves


def plan_wallet_adjustment(*, customer: Customer, currency: str, amount: int) -> Plan:
    """
    What `adjust_wallet` would do: the balance before and after, and the booking.

    :raises ValidationFailed: for what `adjust_wallet` refuses.
    """
    _require_possible(currency, amount)
    return _plan(customer, currency, amount, selectors.balance(customer.pk, currency))


@transaction.atomic
def adjust_wallet(
    *,
    customer: Customer,
    currency: str,
    amount: int,
    note: str,
    agreed: str | None = None,
    origin: Origin,
) -> WalletMovement:
    """
    Give a customer `amount` minor units of credit, or take it away where negative.

    Each call is a movement of its own, unless `origin` carries the idempotency key of an earlier
    one. `agreed` is the fingerprint of the plan that staff saw. Records `wallet.adjusted`.

    :raises ValidationFailed: for zero, an unknown currency, or more than anything may cost.
    :raises PlanChanged: if the balance is another one by now.
    """
    _require_possible(currency, amount)
    owner = Owner(
        customer_id=customer.pk, organization_id=customer.organization_id, currency=currency
    )
    wallet = open_wallet(owner, origin)
    before = wallet.balance
    _plan(customer, currency, amount, before).require(agreed)
    movement = move_wallet(
        wallet,
        Draft(
            kind=WalletMovement.Kind.ADJUSTMENT,
            amount=amount,
            reference=f"adjustment:{_cause(customer.pk, origin)}",
            note=note,
        ),
        origin,
    )
    if wallet.balance != before:
        record(
            "wallet.adjusted",
            subject=wallet,
            organization_id=wallet.organization_id,
            origin=origin,
            changes={"balance_amount": (before, wallet.balance)},
            payload={"amount": amount, "currency": currency, "movement_id": str(movement.pk)},
        )
    return movement


def _cause(customer_id: UUID, origin: Origin) -> str:
    return f"{customer_id}:{origin.idempotency_key or new_id()}"


def _require_possible(currency: str, amount: int) -> None:
    if not is_presentment_currency(currency):
        raise ValidationFailed.at("body", "currency", msg="Not a currency we know.", value=currency)
    if not amount:
        raise ValidationFailed.at("body", "amount", msg="Must not be zero.", value=amount)
    if abs(amount) > maximum_amount(currency):
        raise ValidationFailed.at("body", "amount", msg="This is too much.", value=amount)


def _plan(customer: Customer, currency: str, amount: int, before: int) -> Plan:
    after = before + amount
    effects = ["The next order of a subscription takes it into account."]
    if after < 0:
        effects.append("The customer then owes this: the next order collects it.")
    own = Plan(
        title=f"The balance of {customer} becomes {format_amount(after, currency)}",
        changes=(
            Change(
                f"Balance in {currency.upper()}",
                format_amount(before, currency),
                format_amount(after, currency),
            ),
        ),
        effects=tuple(effects),
        events=("wallet.adjusted",),
    )
    wallet = Wallet(organization_id=customer.organization_id, customer=customer, currency=currency)
    return own.joined([planned_moves(movement_moves(wallet, "adjustment", amount))])
