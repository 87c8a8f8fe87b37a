"""Requests about subscriptions that the tables of errors tell in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from apps.core.clock import system_time
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import revoke_subscription
from tests.cases.registry import Facts
from tests.cases.world import Merchant
from tests.support.changes import fall_past_due
from tests.support.seats import make_team, sit_down
from tests.support.subscribers import at, make_merchant, make_plan, make_subscription

LATER: Final = "2100-01-01T00:00:00Z"


def refuse(words: str) -> Facts | None:
    """What the API answers to a request that is told in `words`; None for one it does not know."""
    tell = _REQUESTS.get(words)
    return tell() if tell is not None else None


def _patch(subscription: Subscription, **body: Any) -> Facts:
    merchant = Merchant(subscription.organization)
    return merchant.call("PATCH", f"subscriptions/{subscription.pk}", body).refusal()


def _running() -> Subscription:
    return make_subscription(make_merchant(), moment=system_time() - timedelta(days=3))


def _ended() -> Subscription:
    running = _running()
    return revoke_subscription(subscription_id=running.pk, origin=at(system_time()))


def _unknown_product() -> Facts:
    return _patch(_running(), product_id=str(uuid4()))


def _one_time_product() -> Facts:
    running = _running()
    product, _ = make_plan(running.organization)
    product.recurring_interval = product.recurring_interval_count = None
    product.save()
    return _patch(running, product_id=str(product.pk))


def _foreign_product() -> Facts:
    product, _ = make_plan(make_merchant())
    return _patch(_running(), product_id=str(product.pk))


def _canceled_twice() -> Facts:
    return _patch(_ended(), cancel_at_period_end=True)


def _product_of_ended() -> Facts:
    ended = _ended()
    product, _ = make_plan(ended.organization, 2000)
    return _patch(ended, product_id=str(product.pk))


def _mixed() -> Facts:
    return _patch(make_team(), seats=5, discount_id=str(uuid4()))


def _below_assigned() -> Facts:
    team = make_team(seats=3)
    for name in ("ann", "bob"):
        sit_down(team, f"{name}@example.com")
    return _patch(team, seats=1)


def _period_of_past_due() -> Facts:
    running = _running()
    fall_past_due(running)
    return _patch(running, current_billing_period_end=LATER)


_REQUESTS: Final[dict[str, Callable[[], Facts]]] = {
    "unknown product id on subscription update": _unknown_product,
    "cancel an already cancelled subscription": _canceled_twice,
    "PATCH subscription product, status canceled": _product_of_ended,
    "PATCH subscription product, unknown id": _unknown_product,
    "PATCH subscription product, one-time": _one_time_product,
    "PATCH subscription product, foreign": _foreign_product,
    "PATCH subscription seats+discount": _mixed,
    "PATCH subscription seats below assigned": _below_assigned,
    "PATCH subscription current_billing_period_end, past_due": _period_of_past_due,
}
