"""
Orders of subscriptions that were not paid: what follows a failure, and a success after all.

Everybody who needs both locks the order before its subscription.
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.orders.operations import release_payment_lock
from apps.payments.declines import is_scheduled
from apps.payments.models import ChargeAttempt, Payment
from apps.payments.operations import collect_order, dispatch_collection
from apps.payments.selectors import attempts_of, scheduled_failure_count
from apps.subscriptions.dunning import (
    Decision,
    Failure,
    Step,
    access_until,
    deadline_at,
    decide,
    intervals_of,
)
from apps.subscriptions.errors import SubscriptionLocked
from apps.subscriptions.locks import lock_due_order, lock_subscription
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.announcing import announce, change
from apps.subscriptions.operations.canceling import revoke_subscription
from apps.subscriptions.operations.methods import collect_with_method
from apps.subscriptions.selectors import (
    has_other_dunning,
    method_to_charge,
    was_past_due,
    was_told_since,
)
from apps.subscriptions.states import ACTIVE, SUBSCRIPTION

ACCESS_ENDED: Final = "subscription.access_ended"


@transaction.atomic(savepoint=False)
def collect_new_order(*, order_id: UUID, origin: Origin) -> ChargeAttempt | None:
    """
    Have a new order of a subscription charged after the commit, if it asks for money.

    The second time, or while it is being charged, nothing happens. While its organization may not
    renew it waits.
    """
    order = lock_order(order_id)
    if order.subscription_id is None or order.status != Order.Status.PENDING:
        return None
    if attempts_of(order.pk):
        return None
    if not _may_renew(order):
        # The sweep takes it up once the organization may again.
        _plan(order, origin.at, origin)
        return None
    return dispatch_collection(
        order_id=order.pk,
        trigger=Payment.Trigger.SUBSCRIPTION_CYCLE,
        payment_method_id=method_to_charge(order.subscription_id),
        order=order,
        origin=origin,
    )


@transaction.atomic
def retry_due_order(*, order_id: UUID, origin: Origin) -> bool:
    """
    Have an order whose next try is due charged after the commit; whether there was anything to do.

    Not while somebody else has the order, or the outcome of another try is open.
    """
    order = lock_due_order(order_id, at=origin.at)
    if order is None or not _may_renew(order):
        return False
    try:
        dispatch_collection(
            order_id=order.pk,
            trigger=Payment.Trigger.RETRY_DUNNING,
            payment_method_id=method_to_charge(order.subscription_id),
            origin=origin,
        )
    except PaymentAlreadyInProgress:
        return False
    return True


def collect_due_order(*, order_id: UUID, origin: Origin) -> None:
    """As `retry_due_order`, but charged before this returns. Called outside a transaction."""
    order = Order.objects.select_related("organization").get(pk=order_id)
    due_at = order.next_payment_attempt_at
    if order.status != Order.Status.PENDING or due_at is None or due_at > origin.at:
        return
    if not _may_renew(order):
        return
    # Whoever is charging it meanwhile brings it to an end.
    with contextlib.suppress(PaymentAlreadyInProgress):
        collect_order(
            order_id=order.pk,
            trigger=Payment.Trigger.RETRY_DUNNING,
            payment_method_id=method_to_charge(order.subscription_id),
            origin=origin,
        )


@transaction.atomic
def handle_payment_failed(
    *,
    order_id: UUID,
    trigger: str | None,
    is_recoverable: bool,
    tried_method_id: UUID | None = None,
    origin: Origin,
) -> Decision | None:
    """
    Let the schedule of an order take its step after a failed try; the decision, None for none.

    The first failure makes the subscription past due (`subscription.past_due`), the last one ends
    it (`subscription.revoked`, its orders voided). A try that somebody asked for, or a new card
    led to, moves nothing. If the customer has named another card than `tried_method_id` while it
    was tried, that one is charged at once. Of an order that is paid only the payment lock is
    released.
    """
    order = lock_order(order_id)
    if order.subscription_id is None:
        return None
    if order.is_paid:
        release_payment_lock(order_id=order.pk, origin=origin)
        return None
    if not is_scheduled(trigger):
        return None
    subscription = lock_subscription(order.subscription_id)
    intervals = intervals_of(subscription.organization.subscription_settings)
    decision = decide(
        Failure(
            at=origin.at,
            failure_count=scheduled_failure_count(order.pk),
            is_first=order.next_payment_attempt_at is None,
            is_recoverable=is_recoverable,
            is_void=order.status == Order.Status.VOID,
            has_ended=subscription.ended_at is not None,
            past_due_at=subscription.past_due_at or origin.at,
        ),
        intervals,
    )
    if decision.step == Step.REVOKE:
        _plan(order, None, origin)
        _revoke(subscription, order, origin)
        return decision
    _plan(order, decision.next_attempt_at, origin)
    if decision.step == Step.RETRY:
        mark_past_due(subscription, order=order, origin=origin)
        _end_access(subscription, origin)
        newer = subscription.payment_method_id
        if tried_method_id is not None and newer is not None and newer != tried_method_id:
            collect_with_method(order, newer, origin)
    return decision


@transaction.atomic(savepoint=False)
def handle_order_paid(*, order_id: UUID, order: Order | None = None, origin: Origin) -> bool:
    """
    Make a subscription active again when the last of its orders that were tried again is paid.

    Whether it was. Records `subscription.active`. One that was paused meanwhile stays so, and no
    longer counts as past due. `order` is the row, from a caller who has it.
    """
    order = order or Order.objects.get(pk=order_id)
    if order.subscription_id is None or not was_past_due(order.subscription_id):
        # Without the lock: only an order that stays unpaid makes it so now.
        return False
    subscription = lock_subscription(order.subscription_id)
    if subscription.ended_at is not None or has_other_dunning(subscription.pk, order.pk):
        return False
    if subscription.status != Subscription.Status.PAST_DUE:
        change(subscription, {"past_due_at": None}, origin)
        return False
    mark_active(subscription, order=order, origin=origin)
    return True


def mark_past_due(
    subscription: Subscription, *, order: Order | None = None, origin: Origin
) -> None:
    """
    Let a locked subscription be past due, if it is active or on trial and has not ended.

    The event tells until when its customer keeps what they bought, and when the deadline is.
    """
    if subscription.status not in ACTIVE or subscription.ended_at is not None:
        return
    SUBSCRIPTION.require(subscription.status, Subscription.Status.PAST_DUE)
    past_due_at = subscription.past_due_at or origin.at
    settings = subscription.organization.subscription_settings
    kept_until = access_until(past_due_at, settings)
    changes = change(
        subscription,
        {"status": Subscription.Status.PAST_DUE, "past_due_at": past_due_at},
        origin,
    )
    announce(
        subscription,
        "subscription.past_due",
        origin=origin,
        changes=changes,
        **_facts_of(order),
        deadline_at=deadline_at(past_due_at, intervals_of(settings)).isoformat(),
        access_until=kept_until.isoformat(),
        is_access_kept=origin.at < kept_until,
    )


def mark_active(subscription: Subscription, *, order: Order | None = None, origin: Origin) -> None:
    """Let a locked subscription that was past due be active again."""
    SUBSCRIPTION.require(subscription.status, Subscription.Status.ACTIVE)
    changes = change(
        subscription, {"status": Subscription.Status.ACTIVE, "past_due_at": None}, origin
    )
    announce(
        subscription,
        "subscription.active",
        origin=origin,
        changes=changes,
        **_facts_of(order),
        is_recovered=True,
    )


def _end_access(subscription: Subscription, origin: Origin) -> None:
    """
    Tell once that the grace period is over, at the first failure after its end.

    Without a grace period `subscription.past_due` has told it.
    """
    past_due_at = subscription.past_due_at
    if past_due_at is None or subscription.status != Subscription.Status.PAST_DUE:
        return
    kept_until = access_until(past_due_at, subscription.organization.subscription_settings)
    if kept_until == past_due_at or origin.at < kept_until:
        return
    if not was_told_since(subscription.pk, ACCESS_ENDED, past_due_at):
        announce(subscription, ACCESS_ENDED, origin=origin)


def _facts_of(order: Order | None) -> dict[str, object]:
    if order is None:
        return {}
    next_at = order.next_payment_attempt_at
    return {
        "order_id": str(order.pk),
        "due_amount": order.due_amount,
        "next_payment_attempt_at": next_at.isoformat() if next_at else None,
    }


def _plan(order: Order, at: datetime | None, origin: Origin) -> None:
    """Keep when a locked order is tried next."""
    if order.next_payment_attempt_at == at:
        return
    order.next_payment_attempt_at = at
    order.modified_at = origin.at
    order.save(update_fields=["next_payment_attempt_at", "modified_at"])


def _revoke(subscription: Subscription, order: Order, origin: Origin) -> None:
    """End a subscription that was not paid for; what it still owes is voided with it."""
    try:
        revoke_subscription(
            subscription_id=subscription.pk, origin=origin.because("The payment failed too often.")
        )
    except SubscriptionLocked:
        # A change of it is being paid for: that outcome first, then this once more.
        _plan(order, origin.at, origin)


def _may_renew(order: Order) -> bool:
    return order.organization.can("subscription_renewals")
