"""What every end of a subscription has in common: the row, its waiting changes, its orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.errors import InvalidTransition
from apps.core.origin import Origin
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.locks import lock_idle_orders
from apps.orders.models import Order
from apps.orders.operations import void_order
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.operations.announcing import announce, change
from apps.subscriptions.operations.changing.redeeming import give_back_discount
from apps.subscriptions.states import SUBSCRIPTION


class OrdersStillCharged(PaymentAlreadyInProgress):
    """A charge of an order to be voided is under way; the outbox asks again later."""


def end(
    subscription: Subscription, values: dict[str, Any], *, origin: Origin, **facts: Any
) -> None:
    """
    End a locked subscription now; `values` are set beyond its status and `ended_at`.

    Its pending orders are voided, except those that are being charged: the event
    `subscription.revoked` names them, and they are voided when the outcome is known. Changes that
    waited for the next period are discarded. `facts` go into the event.
    """
    SUBSCRIPTION.require(subscription.status, Subscription.Status.CANCELED)
    changes = change(
        subscription,
        {
            **values,
            "status": Subscription.Status.CANCELED,
            "ended_at": origin.at,
            "pause_at_period_end": False,
            "resumes_at": None,
            "claimed_until": None,
        },
        origin,
    )
    drop_waiting_change(subscription, origin)
    voided, left = _void_idle_orders(subscription, origin)
    announce(
        subscription,
        "subscription.revoked",
        origin=origin,
        changes=changes,
        voided_order_ids=voided,
        open_order_ids=left,
        **facts,
    )


@transaction.atomic
def void_orders_of_ended(
    *, subscription: Subscription, order_ids: Sequence[UUID], origin: Origin
) -> int:
    """
    Void those of the orders that are still pending; returns how many. Of one that goes on, none.

    :raises OrdersStillCharged: if one is still being charged. Nothing is voided then.
    """
    if subscription.status != Subscription.Status.CANCELED:
        return 0
    return sum(_is_voided(order_id, origin) for order_id in order_ids)


def drop_waiting_change(subscription: Subscription, origin: Origin) -> bool:
    """Discard the change that waits for the next period; whether there was one."""
    waiting = PendingUpdate.objects.filter(
        subscription=subscription,
        timing=PendingUpdate.Timing.PERIOD,
        applied_at=None,
        discarded_at=None,
    )
    for row in waiting:
        give_back_discount(row, origin)
    return bool(waiting.update(discarded_at=origin.at, modified_at=origin.at))


def _void_idle_orders(subscription: Subscription, origin: Origin) -> tuple[list[str], list[str]]:
    """The ids of the orders that were voided, and of those that are being charged."""
    voided: list[str] = []
    for order in lock_idle_orders(subscription.pk):
        try:
            void_order(order_id=order.pk, origin=origin)
        except PaymentAlreadyInProgress:
            continue
        voided.append(str(order.pk))
    left = Order.objects.filter(subscription_id=subscription.pk, status=Order.Status.PENDING)
    return voided, [str(order_id) for order_id in left.values_list("pk", flat=True)]


def _is_voided(order_id: UUID, origin: Origin) -> bool:
    try:
        void_order(order_id=order_id, origin=origin)
    except PaymentAlreadyInProgress as error:
        raise OrdersStillCharged from error
    except InvalidTransition:
        # Paid meanwhile, or given up by somebody else.
        return False
    return True
