"""What merchants are told of subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.customers.handlers import watch_state
from apps.events.models import Event
from apps.subscriptions.announcements import merchant_events
from apps.subscriptions.api.presenters import present_subscription
from apps.subscriptions.models import Subscription
from apps.webhooks.registry import tell_each

TOLD = (
    "subscription.access_ended",
    "subscription.active",
    "subscription.canceled",
    "subscription.created",
    "subscription.cycled",
    "subscription.past_due",
    "subscription.pause_dropped",
    "subscription.pause_scheduled",
    "subscription.paused",
    "subscription.payment_method_changed",
    "subscription.period_changed",
    "subscription.reinstated",
    "subscription.resumed",
    "subscription.revoked",
    "subscription.trial_changed",
    "subscription.uncanceled",
    "subscription.update_cleared",
    "subscription.updated",
    "subscription.upgraded",
)


def register() -> None:
    """Called once, when Django is ready."""
    tell_each(TOLD, names=_names, present=_subscription)
    watch_state(TOLD)


def _names(event: Event) -> Sequence[str]:
    return merchant_events(event.type, event.payload)


def _subscription(event: Event, version: str) -> Any:
    rows = Subscription.objects.select_related("customer", "organization")
    subscription = rows.get(pk=event.subject_id)
    return present_subscription(subscription, subscription.organization)
