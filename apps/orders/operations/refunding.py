"""What a refund that succeeds, or fails after that, means for its order."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.core.plans import Change, Plan, Webhook
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.orders.operations.announcing import announce_order
from apps.orders.refunds import status_after
from apps.orders.states import ORDER


@transaction.atomic
def count_refund(
    *, order_id: UUID, refund_id: UUID, amount: int, tax_amount: int, origin: Origin
) -> Order:
    """
    Add a refund that has succeeded to what its order gave back; `amount` is net.

    Records `order.refunded`. Called once for each refund, by whoever holds its row: nothing here
    remembers which refunds were counted.

    :raises InvalidTransition: for an order that was never paid.
    """
    order = lock_order(order_id)
    changes = _change(order, amount, tax_amount, origin)
    announce_order(
        order,
        "order.refunded",
        origin=origin,
        changes=changes,
        refund_id=str(refund_id),
        subscription_id=str(order.subscription_id) if order.subscription_id else None,
        refunded_amount=order.refunded_amount,
        refunded_tax_amount=order.refunded_tax_amount,
    )
    return order


@transaction.atomic
def uncount_refund(
    *, order_id: UUID, refund_id: UUID, amount: int, tax_amount: int, origin: Origin
) -> Order:
    """
    Take a refund that has failed after it succeeded out of what its order gave back.

    Records `order.updated`. Called once for each such refund, as `count_refund`.
    """
    order = lock_order(order_id)
    changes = _change(order, -amount, -tax_amount, origin)
    announce_order(
        order, "order.updated", origin=origin, changes=changes, failed_refund_id=str(refund_id)
    )
    return order


@transaction.atomic
def count_dispute(
    *, order_id: UUID, dispute_id: UUID, amount: int, tax_amount: int, origin: Origin
) -> Order:
    """
    Add a dispute that was lost to what its order gave back; `amount` is net.

    Records `order.updated`. Called once for each such dispute, as `count_refund`.
    """
    order = lock_order(order_id)
    changes = _change(order, amount, tax_amount, origin)
    announce_order(
        order, "order.updated", origin=origin, changes=changes, lost_dispute_id=str(dispute_id)
    )
    return order


@transaction.atomic
def uncount_dispute(
    *, order_id: UUID, dispute_id: UUID, amount: int, tax_amount: int, origin: Origin
) -> Order:
    """Take a dispute that was won after all out of it. Records `order.updated`, as above."""
    order = lock_order(order_id)
    changes = _change(order, -amount, -tax_amount, origin)
    announce_order(
        order, "order.updated", origin=origin, changes=changes, won_dispute_id=str(dispute_id)
    )
    return order


def plan_block_refunds(*, order_id: UUID, origin: Origin) -> Plan:
    """What `block_refunds` would do."""
    return _plan_block(Order.objects.get(pk=order_id), is_blocked=True)


@transaction.atomic
def block_refunds(*, order_id: UUID, agreed: str | None = None, origin: Origin) -> Order:
    """
    Let nobody refund an order until that is lifted; blocked already, it stays as it is.

    :raises PlanChanged: if another plan was agreed to.
    """
    order = lock_order(order_id)
    _plan_block(order, is_blocked=True).require(agreed)
    if order.refunds_blocked_at is None:
        _set_block(order, origin.at, origin)
    return order


def plan_unblock_refunds(*, order_id: UUID, origin: Origin) -> Plan:
    """What `unblock_refunds` would do."""
    return _plan_block(Order.objects.get(pk=order_id), is_blocked=False)


@transaction.atomic
def unblock_refunds(*, order_id: UUID, agreed: str | None = None, origin: Origin) -> Order:
    """
    Let an order be refunded again; twice is harmless.

    :raises PlanChanged: if another plan was agreed to.
    """
    order = lock_order(order_id)
    _plan_block(order, is_blocked=False).require(agreed)
    if order.refunds_blocked_at is not None:
        _set_block(order, None, origin)
    return order


def _plan_block(order: Order, *, is_blocked: bool) -> Plan:
    title = f"{order} cannot be refunded" if is_blocked else f"{order} can be refunded again"
    if (order.refunds_blocked_at is not None) == is_blocked:
        return Plan(title=title)
    words = ("allowed", "blocked")
    before, after = words if is_blocked else words[::-1]
    effect = (
        "Neither the merchant nor staff can refund it; refunds made at the processor and disputes"
        " still take their course."
        if is_blocked
        else "The merchant and staff can refund what is left of it."
    )
    return Plan(
        title=title,
        changes=(Change(f"Refunds of {order}", before, after),),
        effects=(effect,),
        webhooks=(Webhook("order.updated"),),
        events=("order.updated",),
    )


def _set_block(order: Order, blocked_at: datetime | None, origin: Origin) -> None:
    changes = [one and one.isoformat() for one in (order.refunds_blocked_at, blocked_at)]
    order.refunds_blocked_at, order.modified_at = blocked_at, origin.at
    order.save(update_fields=["refunds_blocked_at", "modified_at"])
    announce_order(
        order,
        "order.updated",
        origin=origin,
        changes={"refunds_blocked_at": (changes[0], changes[1])},
    )


def _change(
    order: Order, amount: int, tax_amount: int, origin: Origin
) -> dict[str, tuple[object, object]]:
    after = {
        "refunded_amount": order.refunded_amount + amount,
        "refunded_tax_amount": order.refunded_tax_amount + tax_amount,
    }
    after_status = status_after(order, after["refunded_amount"])
    changes: dict[str, tuple[object, object]] = {
        name: (getattr(order, name), value)
        for name, value in after.items()
        if getattr(order, name) != value
    }
    if after_status != order.status:
        ORDER.require(order.status, after_status)
        changes["status"] = (order.status, after_status)
        order.status = after_status
    order.refunded_amount = after["refunded_amount"]
    order.refunded_tax_amount = after["refunded_tax_amount"]
    order.modified_at = origin.at
    order.save(update_fields=["status", "refunded_amount", "refunded_tax_amount", "modified_at"])
    return changes
