"""Changes of plan, seats and units inside a period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from apps.core.ids import new_id
from apps.subscriptions.errors import QuantityOutOfBounds
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import change_product as change_to
from apps.subscriptions.operations import change_seats as change_seats_of
from apps.subscriptions.operations import change_units as change_units_of
from apps.subscriptions.operations import cycle_subscription
from tests.cases.changing import discount_of, make_scene, target_of, waiting
from tests.cases.outcome import outcome_of_error
from tests.cases.registry import Facts, adapter
from tests.cases.subscribing import state_of
from tests.cases.world import make_customer, origin_at

AREA = "proration"


@adapter(AREA, db=True)
def change_product(given: Facts, when: Facts) -> Facts:
    scene = make_scene(given)
    subscription = scene.subscription
    product = target_of(subscription, when["new_product"])
    discount = discount_of(subscription, when.get("new_discount", "keep"))
    others = [_copy_of(scene.subscription) for _ in _others(given)]
    try:
        change_to(
            subscription_id=subscription.pk,
            product_id=product.pk,
            behavior=when.get("behavior"),
            discount=discount,
            origin=origin_at(datetime.fromisoformat(when["at"])),
        )
    except QuantityOutOfBounds as error:
        return refusal_facts(error, "units")
    is_same = all(state_of(row) == state_of(_again(row)) for row in others)
    return {**scene.facts(), "other_subscriptions_unchanged": is_same}


@adapter(AREA, db=True)
def change_seats(given: Facts, when: Facts) -> Facts:
    return _change_quantity(given, when, "seats")


@adapter(AREA, db=True)
def change_units(given: Facts, when: Facts) -> Facts:
    return _change_quantity(given, when, "units")


def refusal_facts(error: QuantityOutOfBounds, noun: str) -> Facts:
    """A refusal of a number, under the names of the tables."""
    return {
        **outcome_of_error(error),
        f"minimum_{noun}": error.bound,
        f"maximum_{noun}": error.bound,
        f"requested_{noun}": error.requested,
    }


def _change_quantity(given: Facts, when: Facts, noun: str) -> Facts:
    scene = make_scene(given)
    before = waiting(scene.subscription)
    verb: Callable[..., Subscription] = {"seats": change_seats_of, "units": change_units_of}[noun]
    try:
        verb(
            subscription_id=scene.subscription.pk,
            behavior=when.get("behavior"),
            origin=origin_at(datetime.fromisoformat(when["at"])),
            **{noun: when[noun]},
        )
    except QuantityOutOfBounds as error:
        return refusal_facts(error, noun)
    facts = scene.facts(is_same_product=True)
    if before is not None:
        facts["pending_update_kept"] = facts["pending_update"] == before
    if given.get("status") == "active":
        facts["amount_after_next_cycle"] = _amount_after_cycle(scene.subscription)
    return facts


def _amount_after_cycle(subscription: Subscription) -> int:
    row = Subscription.objects.get(pk=subscription.pk)
    cycled = cycle_subscription(
        subscription_id=row.pk, force=True, origin=origin_at(row.current_period_end_at)
    )
    return cycled.amount


def _copy_of(subscription: Subscription) -> Subscription:
    """Another subscription to the same product, of another customer."""
    row = Subscription.objects.get(pk=subscription.pk)
    row.pk, row._state.adding = new_id(), True
    row.customer = make_customer(subscription.organization)
    row.save(force_insert=True)
    return row


def _others(given: Facts) -> Sequence[Any]:
    """One for each subscription beside: the table has their number or a list of them."""
    others = given.get("other_subscriptions") or 0
    return range(others) if isinstance(others, int) else others


def _again(subscription: Subscription) -> Subscription:
    return Subscription.objects.get(pk=subscription.pk)
