"""Jobs of subscriptions."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import structlog

from apps.core.errors import DomainError
from apps.core.jobs import enqueue, job
from apps.core.origin import Door, Origin, system_origin
from apps.orders.models import Order
from apps.organizations.clocks import clocks
from apps.organizations.models import Organization
from apps.subscriptions.errors import SubscriptionLocked
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import (
    claim_due_subscriptions,
    cycle_if_due,
    resume_due_subscription,
    revoke_subscriptions_of_organization,
)
from apps.subscriptions.operations.dunning import retry_due_order
from apps.subscriptions.operations.entitling import align_benefits
from apps.subscriptions.operations.scheduling import BATCH
from apps.subscriptions.reminding import due_reminders, remind_subscriber
from apps.subscriptions.scheduling import due_resume_ids
from apps.subscriptions.selectors import due_dunning_order_ids
from apps.subscriptions.shutdown import due_shutdown_ids

log = structlog.get_logger(__name__)
RETRY_BATCH = 500
SHUTDOWN_LIMIT = 100
# Subscriptions whose product gives something else now, and the seconds between two of them.
ALIGN_BATCH, ALIGN_STEP = 500, 0.2
# How long to wait for changes whose payment is not known.
LOCKED_SECONDS = 900


@job("subscriptions.claim_due", queue="medium")
def claim_due_task(**_future: object) -> None:
    """Take up a batch of due subscriptions; if it is full, ask for the next behind it."""
    claimed = claim_due_subscriptions(origin=system_origin(Door.TASK))
    for subscription_id in claimed:
        enqueue("subscriptions.cycle", subscription_id=str(subscription_id))
    if len(claimed) == BATCH:
        enqueue("subscriptions.claim_due")


@job("subscriptions.cycle", queue="medium")
def cycle_task(*, subscription_id: str, **_future: object) -> None:
    """Carry one subscription over the end of its period."""
    cycle_if_due(subscription_id=UUID(subscription_id), origin=_origin_for(UUID(subscription_id)))


@job("subscriptions.resume_due", queue="medium")
def resume_due_task(**_future: object) -> None:
    """Resume every pause whose date has come; one that fails does not stop the others."""
    for subscription_id in due_resume_ids(at=system_origin(Door.TASK).at, limit=500):
        try:
            resume_due_subscription(
                subscription_id=subscription_id, origin=_origin_for(subscription_id)
            )
        except DomainError as error:
            log.warning(
                "subscription_not_resumed", subscription=str(subscription_id), error=error.code
            )


@job("subscriptions.retry_due_orders", queue="medium")
def retry_due_orders_task(**_future: object) -> None:
    """Have a batch of orders charged again whose next try is due; if full, ask for the next."""
    due = due_dunning_order_ids(at=system_origin(Door.TASK).at, limit=RETRY_BATCH)
    begun = [_is_retried(order_id) for order_id in due]
    if len(due) == RETRY_BATCH and any(begun):
        enqueue("subscriptions.retry_due_orders")


@job("subscriptions.shut_down", queue="low")
def shut_down_task(**_future: object) -> None:
    """Have the subscriptions of merchants ended that were shut out for a week."""
    for organization_id in due_shutdown_ids(system_origin(Door.TASK).at, SHUTDOWN_LIMIT):
        enqueue("subscriptions.revoke_of_organization", organization_id=str(organization_id))


@job("subscriptions.revoke_of_organization", queue="low")
def revoke_of_organization_task(*, organization_id: str, **_future: object) -> None:
    """End a batch of what an organization that was shut down still has, then ask for the next."""
    organization = Organization.objects.get(pk=organization_id)
    origin = system_origin(Door.TASK, clock_offset=organization.clock_offset)
    countdown = 0
    try:
        if not revoke_subscriptions_of_organization(organization_id=organization.pk, origin=origin):
            return
    except SubscriptionLocked:
        countdown = LOCKED_SECONDS
    enqueue(
        "subscriptions.revoke_of_organization",
        countdown=countdown,
        organization_id=organization_id,
    )


def _is_retried(order_id: UUID) -> bool:
    """Begin one; one that fails does not stop the others."""
    order = Order.objects.select_related("organization").get(pk=order_id)
    origin = system_origin(Door.TASK, clock_offset=order.organization.clock_offset)
    try:
        return retry_due_order(order_id=order_id, origin=origin)
    except DomainError as error:
        log.warning("order_not_retried", order=str(order_id), error=error.code)
        return False


def _origin_for(subscription_id: UUID) -> Origin:
    """Now, by the clock of the subscription's organization."""
    row = Subscription.objects.select_related("organization").get(pk=subscription_id)
    return system_origin(Door.TASK, clock_offset=row.organization.clock_offset)


@job("subscriptions.remind_subscribers", queue="low")
def remind_subscribers_task(**_future: object) -> None:
    """Write every reminder that is due, by the clock of each organization."""
    now = system_origin(Door.TASK)
    for clock in clocks(now.at):
        origin = replace(now, at=clock.at)
        for reminder in due_reminders(clock):
            remind_subscriber(reminder.subscription.pk, origin)


@job("subscriptions.align_of_product", queue="low")
def align_of_product_task(*, product_id: str, after: str | None = None, **_future: object) -> None:
    """Have a batch of the living subscriptions of a product aligned, then ask for the next."""
    rows = Subscription.objects.filter(product_id=product_id, ended_at=None).order_by("id")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    ids = [str(row) for row in rows.values_list("pk", flat=True)[:ALIGN_BATCH]]
    for position, subscription_id in enumerate(ids):
        enqueue(
            "subscriptions.align_benefits",
            countdown=position * ALIGN_STEP,
            subscription_id=subscription_id,
        )
    if len(ids) == ALIGN_BATCH:
        enqueue(
            "subscriptions.align_of_product",
            countdown=ALIGN_BATCH * ALIGN_STEP,
            product_id=product_id,
            after=ids[-1],
        )


@job("subscriptions.align_benefits", queue="low")
def align_benefits_task(*, subscription_id: str, **_future: object) -> None:
    """Make the grants of one subscription follow what it gives."""
    align_benefits(subscription_id=UUID(subscription_id), origin=_origin_for(UUID(subscription_id)))
