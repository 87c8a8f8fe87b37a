"""What the apps below show of subscriptions: beside an order, and in the state of a customer."""

from __future__ import annotations

from uuid import UUID

from apps.core.prepared import ID_MARK, Prepared, one_of
from apps.customers.holdings import register_holdings
from apps.orders.companions import register_subscriptions
from apps.subscriptions.api.bodies import StateSubscriptionBody, SubscriptionBaseBody
from apps.subscriptions.api.presenters import (
    present_state_subscription,
    present_subscription_base,
)
from apps.subscriptions.models import Subscription
from apps.subscriptions.states import ACTIVE

_by_id = Prepared(lambda value: Subscription.objects.filter(one_of("id", value)), mark=ID_MARK)
_active = Prepared(
    lambda value: Subscription.objects.filter(
        customer_id=value, status__in=sorted(ACTIVE)
    ).order_by("started_at", "id"),
    mark=ID_MARK,
)


def register() -> None:
    """Called once, when Django is ready."""
    register_holdings("active_subscriptions", active_subscriptions)
    register_subscriptions(subscriptions_by_id)


def active_subscriptions(customer_id: UUID) -> list[StateSubscriptionBody]:
    """Those of a customer that are active or on trial, the oldest first. One query."""
    return [present_state_subscription(row) for row in _active.rows(customer_id)]


def subscriptions_by_id(ids: list[UUID]) -> dict[UUID, SubscriptionBaseBody]:
    """Subscriptions without what is beside them. One query."""
    return {row.pk: present_subscription_base(row) for row in _by_id.rows(ids)}
