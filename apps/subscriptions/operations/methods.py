"""What subscriptions are charged with: a new method, one that is gone, one that is taken away."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from apps.core.errors import DomainError, ResourceNotFound
from apps.core.origin import Origin
from apps.customers.locks import lock_customer
from apps.customers.models import Customer
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.payments.models import Payment, PaymentMethod
from apps.payments.operations import (
    dispatch_collection,
    remove_saved_method,
    set_default_payment_method,
)
from apps.payments.selectors import was_tried
from apps.subscriptions.dunning import deadline_at, intervals_of
from apps.subscriptions.locks import lock_subscriptions_of_customer
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.announcing import announce, change
from apps.subscriptions.selectors import recoverable_orders
from apps.subscriptions.states import ACTIVE


class PaymentMethodInUseByActiveSubscription(DomainError):
    """A subscription is still to be charged with it, and there is no other."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = (
        "This payment method is needed for a subscription. Add another one first."
    )


@transaction.atomic
def take_new_default(
    *, customer_id: UUID, payment_method_id: UUID, since: datetime, origin: Origin
) -> int:
    """
    Have a customer's subscriptions charged with this method from now on, and what they owe at once.

    What is owed are the pending orders of past-due subscriptions, unless those are to end with
    their period or their deadline has passed. They are charged after the commit; how many is
    returned. An order that was tried with the method since it became the default, at `since`, is
    not tried again, and one of which another try is under way is left to that one's outcome, see
    `handle_payment_failed`. Each subscription that changes records
    `subscription.payment_method_changed`. Nothing happens if another method is the default by now.
    """
    default = Customer.objects.filter(pk=customer_id, default_payment_method_id=payment_method_id)
    if not default.exists():
        return 0
    # Held until the end: an outcome that comes in meanwhile finds the new method.
    orders = [lock_order(order.pk) for order in recoverable_orders(customer_id)]
    untried = [order for order in orders if not was_tried(order.pk, payment_method_id, since=since)]
    count = sum(collect_with_method(order, payment_method_id, origin) for order in untried)
    for subscription in lock_subscriptions_of_customer(customer_id):
        _use(subscription, payment_method_id, origin)
    return count


def collect_with_method(order: Order, payment_method_id: UUID, origin: Origin) -> bool:
    """Have a locked order charged to a new method, if it is not too late; whether it is."""
    if order.subscription_id is None or not _is_in_time(order.subscription_id, origin):
        return False
    try:
        attempt = dispatch_collection(
            order_id=order.pk,
            trigger=Payment.Trigger.RETRY_PAYMENT_METHOD_UPDATE,
            payment_method_id=payment_method_id,
            origin=origin,
        )
    except PaymentAlreadyInProgress:
        return False
    return attempt is not None


@transaction.atomic
def drop_forgotten_method(*, payment_method_id: UUID, origin: Origin) -> int:
    """Have no subscription name a method that is gone; how many did."""
    rows = Subscription.objects.filter(payment_method_id=payment_method_id)
    return rows.update(payment_method=None, modified_at=origin.at)


@transaction.atomic
def remove_payment_method(*, payment_method_id: UUID, origin: Origin) -> None:
    """
    Take a saved method away, at the processor too.

    Subscriptions that need it go over to another one, the customer's default first; so does the
    default itself. Taken away already, it is not found.

    :raises ResourceNotFound: if there is no such living method.
    :raises PaymentMethodInUseByActiveSubscription: if it is needed and there is no other.
    """
    method = PaymentMethod.objects.filter(pk=payment_method_id, deleted_at=None).first()
    if method is None:
        raise ResourceNotFound
    # In the order of renewals, which number an invoice of the customer last.
    subscriptions = lock_subscriptions_of_customer(method.customer_id)
    customer = lock_customer(method.customer_id)
    was_default = customer.default_payment_method_id == method.pk
    substitute = _substitute(method, customer.default_payment_method_id)
    for subscription in subscriptions:
        uses = subscription.payment_method_id == method.pk
        falls_back = subscription.payment_method_id is None and was_default
        if not (uses or falls_back):
            continue
        if substitute is None and needs_method(subscription):
            raise PaymentMethodInUseByActiveSubscription
        if uses:
            _use(subscription, substitute.pk if substitute else None, origin)
    remove_saved_method(payment_method_id=method.pk, origin=origin)
    if was_default and substitute is not None:
        set_default_payment_method(
            customer_id=customer.pk, payment_method_id=substitute.pk, origin=origin
        )


def needs_method(subscription: Subscription) -> bool:
    """Whether a subscription is still to be charged: now, when it renews, or when it resumes."""
    status = subscription.status
    if status == Subscription.Status.PAST_DUE:
        return True
    if status in ACTIVE:
        return not subscription.cancel_at_period_end
    return status == Subscription.Status.PAUSED and subscription.resumes_at is not None


def _substitute(method: PaymentMethod, default_id: UUID | None) -> PaymentMethod | None:
    rows = PaymentMethod.objects.filter(customer_id=method.customer_id, deleted_at=None)
    others = list(rows.exclude(pk=method.pk).order_by("-created_at", "-id"))
    return next((row for row in others if row.pk == default_id), others[0] if others else None)


def _use(subscription: Subscription, payment_method_id: UUID | None, origin: Origin) -> bool:
    before = subscription.payment_method_id
    if before == payment_method_id:
        return False
    change(subscription, {"payment_method_id": payment_method_id}, origin)
    announce(
        subscription,
        "subscription.payment_method_changed",
        origin=origin,
        changes={"payment_method": (_text(before), _text(payment_method_id))},
    )
    return True


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None


def _is_in_time(subscription_id: UUID, origin: Origin) -> bool:
    subscription = Subscription.objects.select_related("organization").get(pk=subscription_id)
    if subscription.past_due_at is None or subscription.cancel_at_period_end:
        return False
    intervals = intervals_of(subscription.organization.subscription_settings)
    return origin.at < deadline_at(subscription.past_due_at, intervals)
