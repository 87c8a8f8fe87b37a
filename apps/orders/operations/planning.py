"""What would follow if a pending order were given up, or a voided one taken up again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.ids import new_id
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Change, Plan, Transfer, Webhook, additions
from apps.ledger.models import Transfer as Booking
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.orders.operations.voiding import unvoid_order, void_order
from apps.wallets.models import WalletMovement
from apps.wallets.selectors import balance

# What the apps above add to, with (order,) as it would be then.
VOID: Final = "orders.void_order"
UNVOID: Final = "orders.unvoid_order"


def plan_void_order(*, order_id: UUID, origin: Origin) -> Plan:
    """
    What `void_order` would do; nothing of it remains.

    :raises DomainError: what it would refuse.
    """
    return _rehearsed(order_id, _void, origin)


def plan_unvoid_order(*, order_id: UUID, origin: Origin) -> Plan:
    """
    What `unvoid_order` would do; nothing of it remains.

    :raises DomainError: what it would refuse.
    """
    return _rehearsed(order_id, _unvoid, origin)


@transaction.atomic
def void_order_as_planned(*, order_id: UUID, agreed: str, origin: Origin) -> Order:
    """
    `void_order`, if what follows is what was `agreed` to.

    :raises PlanChanged: otherwise; nothing was done then.
    """
    return _done(order_id, _void, agreed, origin)


@transaction.atomic
def unvoid_order_as_planned(*, order_id: UUID, agreed: str, origin: Origin) -> Order:
    """
    `unvoid_order`, if what follows is what was `agreed` to.

    :raises PlanChanged: otherwise; nothing was done then.
    """
    return _done(order_id, _unvoid, agreed, origin)


_Act = Callable[[Order, Origin], Plan]


def _rehearsed(order_id: UUID, act: _Act, origin: Origin) -> Plan:
    with transaction.atomic():
        plan = act(lock_order(order_id), origin)
        transaction.set_rollback(True)
    return plan


def _done(order_id: UUID, act: _Act, agreed: str, origin: Origin) -> Order:
    act(lock_order(order_id), origin).require(agreed)
    return lock_order(order_id)


def _void(order: Order, origin: Origin) -> Plan:
    own = _followed(
        order,
        partial(void_order, order_id=order.pk, origin=origin),
        title=f"{order} is given up",
        effects=("It is never charged. Nobody is written to.",),
    )
    return own.joined(additions(VOID, order=order))


def _unvoid(order: Order, origin: Origin) -> Plan:
    own = _followed(
        order,
        partial(unvoid_order, order_id=order.pk, origin=origin),
        title=f"{order} is pending again",
        effects=("No try to charge it is planned by that: retry it afterwards.",),
    )
    return own.joined(additions(UNVOID, order=order))


def _followed(
    order: Order, verb: Callable[[], Order], *, title: str, effects: tuple[str, ...]
) -> Plan:
    """Do it, and tell what it did to the order, the balance and the books."""
    currency, customer_id = order.currency, order.customer_id
    before, mark = balance(customer_id, currency), new_id()
    after_order = verb()
    after = balance(customer_id, currency)
    changes = [Change(f"Order {order}", order.status, after_order.status)]
    if before != after:
        changes.append(
            Change(
                "Balance of the customer",
                format_amount(before, currency),
                format_amount(after, currency),
            )
        )
    return Plan(
        title=title,
        changes=tuple(changes),
        effects=effects,
        transfers=tuple(_transfers(order, mark)),
        webhooks=(Webhook("order.updated"),),
    )


def _transfers(order: Order, mark: UUID) -> list[Transfer]:
    moved = WalletMovement.objects.filter(pk__gt=mark, order_id=order.pk)
    references = [movement.entry_reference for movement in moved]
    rows = Booking.objects.filter(entry__reference__in=references).order_by("pk")
    return [
        Transfer(
            row.debit_account.kind.replace("_", " "),
            row.credit_account.kind.replace("_", " "),
            row.amount,
            row.currency,
        )
        for row in rows.select_related("debit_account", "credit_account")
    ]
