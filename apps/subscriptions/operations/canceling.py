"""Subscriptions that are given up: at the end of their period or at once, and taking that back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceUnavailable, ValidationFailed
from apps.core.origin import Origin
from apps.organizations.models import Organization
from apps.subscriptions.errors import AlreadyCanceledSubscription, BadRequest, SubscriptionLocked
from apps.subscriptions.locks import lock_for_change
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.announcing import announce, change
from apps.subscriptions.operations.ending import end
from apps.subscriptions.selectors import billable_subscriptions, is_being_paid
from apps.subscriptions.states import BILLABLE

SHUTDOWN_BATCH = 50
_SHUT_DOWN = frozenset(
    {
        Organization.Status.DENIED,
        Organization.Status.BLOCKED,
        Organization.Status.OFFBOARDED,
    }
)


@transaction.atomic
def cancel_subscription(
    *,
    subscription_id: UUID,
    reason: str | None = None,
    comment: str | None = None,
    origin: Origin,
) -> Subscription:
    """
    Let a subscription end with its period; a pause that was planned is dropped.

    `reason` is one of `CancellationReason`, in the customer's words with `comment`. Records
    `subscription.canceled`.

    :raises AlreadyCanceledSubscription: if it has ended, is set to, or is paused.
    :raises SubscriptionLocked: while a change of it is being paid for.
    :raises ValidationFailed: for a reason that there is not.
    """
    subscription = lock_for_change(subscription_id)
    if subscription.status not in BILLABLE or subscription.cancel_at_period_end:
        raise AlreadyCanceledSubscription
    changes = change(
        subscription,
        {
            "cancel_at_period_end": True,
            "canceled_at": origin.at,
            "ends_at": subscription.current_period_end_at,
            "pause_at_period_end": False,
            "resumes_at": None,
            **_words(reason, comment),
        },
        origin,
    )
    announce(subscription, "subscription.canceled", origin=origin, changes=changes)
    return subscription


@transaction.atomic
def revoke_subscription(
    *,
    subscription_id: UUID,
    reason: str | None = None,
    comment: str | None = None,
    is_customer_told: bool = True,
    origin: Origin,
) -> Subscription:
    """
    End a subscription now, paused ones included, and void what it still owes.

    Nothing is given back. Records `subscription.revoked`; see `ending.end` for its orders.

    :raises AlreadyCanceledSubscription: if it has ended.
    :raises SubscriptionLocked: while a change of it is being paid for.
    :raises ValidationFailed: for a reason that there is not.
    """
    subscription = lock_for_change(subscription_id)
    if subscription.status == Subscription.Status.CANCELED:
        raise AlreadyCanceledSubscription
    end(
        subscription,
        {"canceled_at": origin.at, "ends_at": origin.at, **_words(reason, comment)},
        origin=origin,
        is_newly_canceled=not subscription.cancel_at_period_end,
        is_customer_told=is_customer_told,
    )
    return subscription


@transaction.atomic
def end_disputed_subscription(*, subscription_id: UUID, origin: Origin) -> Subscription:
    """
    End a subscription whose payer took the money of an order back; one that has ended stays.

    :raises SubscriptionLocked: while a change of it is being paid for; asking again helps.
    """
    subscription = lock_for_change(subscription_id)
    if subscription.status == Subscription.Status.CANCELED:
        return subscription
    return revoke_subscription(subscription_id=subscription_id, origin=origin)


@transaction.atomic
def uncancel_subscription(*, subscription_id: UUID, origin: Origin) -> Subscription:
    """
    Take back that a subscription ends with its period. Records `subscription.uncanceled`.

    :raises ResourceUnavailable: if it has ended.
    :raises BadRequest: if it is not set to end.
    :raises SubscriptionLocked: while a change of it is being paid for.
    """
    subscription = lock_for_change(subscription_id)
    if subscription.ended_at is not None:
        raise ResourceUnavailable
    if subscription.status not in BILLABLE or not subscription.cancel_at_period_end:
        raise BadRequest
    changes = change(
        subscription,
        {
            "cancel_at_period_end": False,
            "canceled_at": None,
            "ends_at": None,
            "cancellation_reason": None,
            "cancellation_comment": None,
        },
        origin,
    )
    announce(subscription, "subscription.uncanceled", origin=origin, changes=changes)
    return subscription


@transaction.atomic
def revoke_subscriptions_of_customer(*, customer_id: UUID, origin: Origin) -> int:
    """
    End what a customer still pays for; returns how many. The second time finds none.

    A paused one stays, and is not resumed for a customer who is gone.
    """
    found = billable_subscriptions().filter(customer_id=customer_id).order_by("id")
    ids = list(found.values_list("pk", flat=True))
    for subscription_id in ids:
        revoke_subscription(subscription_id=subscription_id, origin=origin)
    return len(ids)


@transaction.atomic
def revoke_subscriptions_of_organization(
    *, organization_id: UUID, limit: int = SHUTDOWN_BATCH, origin: Origin
) -> int:
    """
    End up to `limit` subscriptions of an organization that was shut down; returns how many.

    No mail goes to its customers. To be called until it returns 0, as it does at once for one that
    trades: denied, blocked, offboarded or deleted it must be. One whose change is being paid for
    is left out until that is known.

    :raises SubscriptionLocked: if nothing but those is left.
    """
    organization = Organization.objects.get(pk=organization_id)
    if organization.status not in _SHUT_DOWN and organization.deleted_at is None:
        return 0
    found = billable_subscriptions().filter(organization_id=organization_id)
    ids = list(found.exclude(is_being_paid()).order_by("id").values_list("pk", flat=True)[:limit])
    if not ids and found.exists():
        raise SubscriptionLocked
    return sum(_is_shut_down(subscription_id, origin) for subscription_id in ids)


def _is_shut_down(subscription_id: UUID, origin: Origin) -> bool:
    try:
        revoke_subscription(subscription_id=subscription_id, is_customer_told=False, origin=origin)
    except SubscriptionLocked:
        # Its change began just now.
        return False
    return True


def _words(reason: str | None, comment: str | None) -> dict[str, str | None]:
    if reason is not None and reason not in Subscription.CancellationReason.values:
        raise ValidationFailed.at(
            "body", "customer_cancellation_reason", msg="There is no such reason.", value=reason
        )
    given = {"cancellation_reason": reason, "cancellation_comment": comment}
    return {name: value for name, value in given.items() if value is not None}
