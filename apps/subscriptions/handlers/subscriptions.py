"""What other apps' events mean for subscriptions: one operation each."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef

from apps.catalog.usage import register_use
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.core.timers import Timer, register_timer
from apps.customers.activity import register_activity
from apps.customers.models import Customer
from apps.customers.precedence import register_precedence
from apps.events.models import Event
from apps.events.registry import listen, subscribe
from apps.subscriptions.locks import lock_subscriptions_of_customer
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.operations import (
    cycle_if_due,
    forget_subscriber,
    resume_due_subscription,
    revoke_subscriptions_of_customer,
    void_orders_of_ended,
)
from apps.subscriptions.scheduling import ending_by, resuming_by
from apps.subscriptions.shutdown import shut_down, shutdowns_due_by
from apps.subscriptions.states import BILLABLE


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    listen("customer.deleted", revoke_all_of_customer)
    listen("customer.anonymized", forget_anonymized)
    listen("organization.deleted", end_of_deleted)
    subscribe("subscription.revoked", "subscriptions.void_orders", void_left_orders)
    register_activity("subscriptions", living_subscriptions_of_row)
    register_precedence("subscriptions", lock_subscriptions_of_customer)
    register_use("subscriptions", subscriptions_to_product)
    register_use("subscriptions.changes", changes_to_product)
    register_timer(Timer(name="subscriptions.cycle", due=ending_by, run=_cycle, rank=40))
    register_timer(Timer(name="subscriptions.resume", due=resuming_by, run=_resume, rank=40))
    register_timer(
        Timer(name="subscriptions.shutdown", due=shutdowns_due_by, run=shut_down, rank=35)
    )


def living_subscriptions_of_row() -> Exists:
    """Finds what a customer row has that is billed."""
    return Exists(Subscription.objects.filter(customer=OuterRef("pk"), status__in=BILLABLE))


def subscriptions_to_product() -> Exists:
    """Finds what a product row was ever subscribed to: it cannot be deleted then."""
    return Exists(Subscription.objects.filter(product=OuterRef("pk")).order_by())


def changes_to_product() -> Exists:
    """Finds what a product row is waited for by: a subscription changes to it later."""
    waiting = PendingUpdate.objects.filter(
        product=OuterRef("pk"), applied_at=None, discarded_at=None
    )
    return Exists(waiting.order_by())


def revoke_all_of_customer(event: Event, origin: Origin) -> None:
    """A customer was deleted."""
    revoke_subscriptions_of_customer(customer_id=UUID(event.subject_id), origin=origin)


def forget_anonymized(event: Event, origin: Origin) -> None:
    """A customer is about to be forgotten."""
    forget_subscriber(customer=Customer.objects.get(pk=event.subject_id), origin=origin)


def end_of_deleted(event: Event, origin: Origin) -> None:
    """An organization was deleted: what costs nothing is all that it still has, and it ends."""
    enqueue("subscriptions.revoke_of_organization", organization_id=event.subject_id)


def void_left_orders(event: Event, origin: Origin) -> None:
    """A subscription ended while orders of it were being charged."""
    order_ids = [UUID(order_id) for order_id in event.payload.get("open_order_ids", ())]
    subscription = Subscription.objects.get(pk=event.subject_id)
    void_orders_of_ended(subscription=subscription, order_ids=order_ids, origin=origin)


def _cycle(subscription_id: UUID, origin: Origin) -> None:
    cycle_if_due(subscription_id=subscription_id, origin=origin)


def _resume(subscription_id: UUID, origin: Origin) -> None:
    resume_due_subscription(subscription_id=subscription_id, origin=origin)
