"""Staff who have unpaid renewals charged at once, many at a time if need be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Change, Money, Plan, counted
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.payments.models import ChargeAttempt, Payment, PaymentMethod
from apps.payments.operations import (
    begin_collection,
    charge_collection,
    dispatch_collection,
)
from apps.payments.selectors import has_open_attempt
from apps.subscriptions.selectors import method_to_charge

RENEWALS = "subscription_renewals"


def plan_retry_orders(*, order_ids: Sequence[UUID]) -> Plan:
    """What `retry_orders` would charge, and which of the orders it would leave out and why."""
    return _plan(list(_orders(order_ids)))


@transaction.atomic
def retry_orders(*, order_ids: Sequence[UUID], agreed: str | None = None, origin: Origin) -> int:
    """
    Have pending orders of subscriptions charged after the commit; returns how many.

    Each to its subscription's method. What cannot be charged now is left out: paid meanwhile,
    being charged, without a method, or of an organization that may not renew. No date of the
    schedule moves. `agreed` is the fingerprint of the plan that staff saw.

    :raises PlanImpossible: if there is nothing to charge.
    :raises PlanChanged: if another plan was agreed to.
    """
    orders = [lock_order(order.pk) for order in _orders(order_ids)]
    _plan(orders).require(agreed)
    return sum(_is_begun(order, origin) for order in orders if _obstacle(order) is None)


def retry_orders_now(
    *, order_ids: Sequence[UUID], agreed: str | None = None, origin: Origin
) -> list[ChargeAttempt]:
    """
    As `retry_orders`, but each is charged before this returns; the attempts as they stand then.

    They are begun together and asked for one after the other: what is not reached, because the
    process dies, is looked after like any open attempt. `origin` is of the machine's time, to which
    the test clock of each organization is added. Called outside a transaction.

    :raises PlanImpossible: if there is nothing to charge.
    :raises PlanChanged: if another plan was agreed to.
    """
    begun: list[tuple[UUID, Origin]] = []
    with transaction.atomic():
        orders = [lock_order(order.pk) for order in _orders(order_ids)]
        _plan(orders).require(agreed)
        for order in orders:
            if _obstacle(order) is None:
                there = replace(origin, at=origin.at + order.organization.clock_offset)
                attempt = begin_collection(
                    order_id=order.pk,
                    trigger=Payment.Trigger.RETRY_ADMIN,
                    payment_method_id=method_to_charge(order.subscription_id),
                    origin=there,
                )
                if attempt is not None:
                    begun.append((attempt.pk, there))
    for attempt_id, there in begun:
        charge_collection(attempt_id=attempt_id, origin=there)
    rows = ChargeAttempt.objects.select_related("order")
    return list(rows.filter(pk__in=[key for key, _ in begun]).order_by("pk"))


def _orders(order_ids: Sequence[UUID]) -> Sequence[Order]:
    """In one order for everybody who locks several."""
    rows = Order.objects.select_related("organization", "customer")
    return list(rows.filter(pk__in=order_ids, subscription_id__isnull=False).order_by("id"))


def _plan(orders: Sequence[Order]) -> Plan:
    reasons = {order.pk: _obstacle(order) for order in orders}
    ready = [order for order in orders if reasons[order.pk] is None]
    left_out = Counter(reason for reason in reasons.values() if reason is not None)
    due = Counter[str]()
    for order in ready:
        due[order.currency] += order.due_amount
    return Plan(
        title=f"{counted(len(ready), 'order')} charged now",
        changes=tuple(
            Change(
                f"{order} of {order.customer}",
                "waits",
                f"{format_amount(order.due_amount, order.currency)} charged",
            )
            for order in ready
        ),
        money=tuple(Money("Charged", amount, currency) for currency, amount in sorted(due.items())),
        effects=(
            "An order that is paid by this makes its subscription active again.",
            "A refusal moves no date: the schedule goes on as planned.",
        ),
        warnings=tuple(
            f"{counted(count, 'order')} left out: {reason}."
            for reason, count in sorted(left_out.items())
        ),
        obstacles=() if ready else ("There is nothing to charge.",),
    )


def _obstacle(order: Order) -> str | None:
    if order.status != Order.Status.PENDING:
        return f"{order.status} already"
    if order.payment_lock_acquired_at is not None or has_open_attempt(order.pk):
        return "being charged, or its outcome is not known"
    if not order.organization.can(RENEWALS):
        return "the organization may not renew"
    return None if _has_method(order) else "no payment method"


def _has_method(order: Order) -> bool:
    wanted = method_to_charge(order.subscription_id) or order.customer.default_payment_method_id
    if wanted is None or not order.customer.processor_customer_id:
        return False
    return PaymentMethod.objects.filter(pk=wanted, deleted_at=None).exists()


def _is_begun(order: Order, origin: Origin) -> bool:
    try:
        attempt = dispatch_collection(
            order_id=order.pk,
            trigger=Payment.Trigger.RETRY_ADMIN,
            payment_method_id=method_to_charge(order.subscription_id),
            origin=origin,
        )
    except PaymentAlreadyInProgress:
        return False
    return attempt is not None
