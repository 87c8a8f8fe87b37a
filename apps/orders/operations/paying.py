"""The way of an order from draft to paid, and back where the charge fails."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.core.rows import save_fields
from apps.orders.errors import OrderNotDraft
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.orders.operations.announcing import announce_order
from apps.orders.operations.numbering import next_invoice_number
from apps.orders.operations.payment_lock import acquire_payment_lock, release_payment_lock
from apps.orders.states import ORDER

_PAID_FIELDS: Final = (
    "status",
    "paid_at",
    "modified_at",
    "payment_lock_acquired_at",
    "next_payment_attempt_at",
    "invoice_number",
)


@transaction.atomic
def claim_draft_order(*, order_id: UUID, origin: Origin) -> Order:
    """
    Make a draft pending and hold its payment lock, for the one caller who may charge it.

    :raises OrderNotDraft: for everyone else, and for an order in any other state.
    :raises PaymentAlreadyInProgress: if its payment lock is held all the same.
    """
    draft = Order.objects.filter(pk=order_id, status=Order.Status.DRAFT)
    if not draft.update(status=Order.Status.PENDING, modified_at=origin.at):
        raise OrderNotDraft
    acquire_payment_lock(order_id=order_id, origin=origin)
    order = lock_order(order_id)
    announce_order(
        order, "order.finalize_started", origin=origin, changes={"status": ("draft", "pending")}
    )
    return order


@transaction.atomic
def return_order_to_draft(*, order_id: UUID, message: str, origin: Origin) -> Order:
    """
    Make a pending order a draft again because its charge has failed for `message`.

    Does nothing to an order in any other state.
    """
    order = lock_order(order_id)
    if order.status != Order.Status.PENDING:
        return order
    ORDER.require(order.status, Order.Status.DRAFT)
    order.status = Order.Status.DRAFT
    order.payment_lock_acquired_at = None
    order.modified_at = origin.at
    order.save(update_fields=["status", "payment_lock_acquired_at", "modified_at"])
    announce_order(
        order,
        "order.finalize_failed",
        origin=origin,
        changes={"status": ("pending", "draft")},
        message=message,
    )
    return order


@transaction.atomic
def pay_order(*, order_id: UUID, origin: Origin) -> Order:
    """
    As `pay_locked_order`, locked first.

    :raises InvalidTransition: for a voided order.
    """
    return pay_locked_order(order=lock_order(order_id), origin=origin)


def pay_locked_order(*, order: Order, origin: Origin) -> Order:
    """
    Make an order paid, give it its invoice number and free its payment lock.

    Records `order.paid` once, after `order.created` if a subscription's order was kept back until
    now; an order that is paid already stays as it is. A draft whose charge
    was thought to have failed goes the whole way: the money is there.

    :raises InvalidTransition: for a voided order.
    """
    if order.is_paid:
        release_payment_lock(order_id=order.pk, origin=origin)
        return order
    before = order.status
    if order.status == Order.Status.DRAFT:
        ORDER.require(order.status, Order.Status.PENDING)
        order.status = Order.Status.PENDING
    ORDER.require(order.status, Order.Status.PAID)
    order.status = Order.Status.PAID
    order.paid_at = order.modified_at = origin.at
    order.payment_lock_acquired_at = order.next_payment_attempt_at = None
    was_kept_back = order.invoice_number is None and order.subscription_id is not None
    if order.invoice_number is None:
        order.invoice_number = next_invoice_number(
            organization=order.organization, customer=order.customer
        )
    save_fields(order, *_PAID_FIELDS)
    facts: dict[str, Any] = {}
    if order.subscription_id is not None:
        facts = {"subscription_id": str(order.subscription_id)}
        facts["billing_reason"] = order.billing_reason
    if was_kept_back:
        announce_order(order, "order.created", origin=origin, **facts, due_amount=0)
    announce_order(
        order, "order.paid", origin=origin, changes={"status": (before, "paid")}, **facts
    )
    return order
