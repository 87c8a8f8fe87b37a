"""Subscriptions."""

from __future__ import annotations

from typing import Any

from tests.journeys.declared_errors.scene import OF_LIST, OF_ONE, Call, Rows, Scene
from tests.support.changes import (
    dearer_plan,
    fall_past_due,
    forbid_renewals,
    leave_change_open,
    subscriber_with,
)

IN_2100 = "2100-01-01T00:00:00Z"


def upgrade(call: Call, scene: Scene, *, card: str | None) -> Any:
    """A change that is paid at once, by a subscriber with this card, or none."""
    subscription = subscriber_with(scene.till, card)
    product = dearer_plan(scene.merchant.organization)
    return call(str(subscription.pk), product_id=str(product.pk), proration_behavior="invoice")


def upgrade_without_renewals(call: Call, scene: Scene) -> Any:
    """A change that is paid at once, while the merchant may not charge."""
    forbid_renewals(scene.merchant.organization)
    return upgrade(call, scene, card="pm_card_visa")


def of_ended(call: Call, scene: Scene, **body: Any) -> Any:
    """Anything about a subscription that has ended."""
    subscription = str(subscriber_with(scene.till, None).pk)
    scene.polar.subscriptions.revoke(subscription)
    return call(subscription, **body)


def of_past_due(call: Call, scene: Scene) -> Any:
    """Another period while the last one is not paid."""
    subscription = subscriber_with(scene.till, None)
    fall_past_due(subscription)
    return call(str(subscription.pk), current_billing_period_end=IN_2100)


def during_a_change(call: Call, scene: Scene, **body: Any) -> Any:
    """Anything while a change is being paid for."""
    subscription = subscriber_with(scene.till, None)
    leave_change_open(subscription)
    return call(str(subscription.pk), **body)


def uncancel(call: Call, scene: Scene) -> Any:
    """Take back an end that is not set."""
    return call(str(subscriber_with(scene.till, None).pk), cancel_at_period_end=False)


ROWS: Rows = {
    "subscriptions.list": OF_LIST,
    "subscriptions.create": {"HTTPValidationError": lambda call, scene: call(product_id="x")},
    "subscriptions.export": {"HTTPValidationError": lambda call, scene: call(timezone="Mars/Base")},
    "subscriptions.get": OF_ONE,
    "subscriptions.update": {
        **OF_ONE,
        "PaymentFailed": lambda call, scene: upgrade(call, scene, card=None),
        "PaymentActionRequired": lambda call, scene: upgrade(
            call, scene, card="pm_card_authenticationRequired"
        ),
        "PaymentNotReady": upgrade_without_renewals,
        "AlreadyCanceledSubscription": lambda call, scene: of_ended(
            call, scene, cancel_at_period_end=True
        ),
        "InactiveSubscription": of_past_due,
        "SubscriptionLocked": lambda call, scene: during_a_change(
            call, scene, cancel_at_period_end=True
        ),
        "SubscriptionNotScheduledToCancel": uncancel,
    },
    "subscriptions.revoke": {
        **OF_ONE,
        "AlreadyCanceledSubscription": of_ended,
        "SubscriptionLocked": during_a_change,
    },
}
