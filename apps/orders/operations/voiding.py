"""Giving up a pending order, and taking that back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import InvalidTransition
from apps.core.origin import Origin
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.orders.operations.announcing import announce_order
from apps.orders.states import ORDER
from apps.wallets.operations import retake_of_unvoid, return_of_void


@transaction.atomic
def void_order(*, order_id: UUID, origin: Origin) -> Order:
    """
    Give up a pending order: it is never charged again. Records `order.voided`.

    The customer's balance gets back what the order took, after credit that stands against what is
    due was taken away: nobody will have paid for it.

    :raises PaymentAlreadyInProgress: while a charge of it is under way.
    :raises InvalidTransition: for an order that is not pending, a voided one included.
    """
    order = lock_order(order_id)
    if order.payment_lock_acquired_at is not None:
        raise PaymentAlreadyInProgress
    if order.status == Order.Status.DRAFT:
        # It may become void too, but by being discarded.
        raise InvalidTransition("A draft order is not pending.")
    ORDER.require(order.status, Order.Status.VOID)
    return_of_void(
        customer_id=order.customer_id,
        organization_id=order.organization_id,
        currency=order.currency,
        order_id=order.pk,
        due_amount=order.due_amount,
        applied_balance_amount=order.applied_balance_amount,
        origin=origin,
    )
    return _move(order, Order.Status.VOID, "order.voided", origin)


@transaction.atomic
def unvoid_order(*, order_id: UUID, origin: Origin) -> Order:
    """
    Make a voided order pending again; no new attempt to charge it is planned by that.

    What giving it up moved in the customer's balance is moved back, whatever the balance is by
    then. Records `order.unvoided`.

    :raises InvalidTransition: for an order that is not void.
    """
    order = lock_order(order_id)
    if order.status != Order.Status.VOID:
        # A draft may become pending too, but by being finalized.
        raise InvalidTransition(f"A {order.status} order is not void.")
    retake_of_unvoid(
        customer_id=order.customer_id,
        organization_id=order.organization_id,
        currency=order.currency,
        order_id=order.pk,
        applied_balance_amount=order.applied_balance_amount,
        origin=origin,
    )
    return _move(order, Order.Status.PENDING, "order.unvoided", origin)


@transaction.atomic
def discard_draft_order(*, order_id: UUID, origin: Origin) -> Order:
    """
    Give up a draft of which nobody was told; the balance gets back what the draft took.

    Records `order.discarded`.

    :raises InvalidTransition: for an order that is no draft.
    """
    order = lock_order(order_id)
    if order.status != Order.Status.DRAFT:
        raise InvalidTransition(f"A {order.status} order is not a draft.")
    return_of_void(
        customer_id=order.customer_id,
        organization_id=order.organization_id,
        currency=order.currency,
        order_id=order.pk,
        # No credit was given for something that this order would have had to pay.
        due_amount=0,
        applied_balance_amount=order.applied_balance_amount,
        origin=origin,
    )
    return _move(order, Order.Status.VOID, "order.discarded", origin)


def _move(order: Order, to: str, event_type: str, origin: Origin) -> Order:
    ORDER.require(order.status, to)
    before = order.status
    order.status = to
    order.next_payment_attempt_at = None
    order.modified_at = origin.at
    order.save(update_fields=["status", "next_payment_attempt_at", "modified_at"])
    announce_order(
        order,
        event_type,
        origin=origin,
        changes={"status": (before, to)},
        due_amount=order.due_amount,
        applied_balance_amount=order.applied_balance_amount,
    )
    return order
