"""Dates of trials, their ends, and changes while they run."""

from datetime import datetime, timedelta

from apps.subscriptions import trials
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import cycle_subscription
from apps.subscriptions.operations import set_trial_end as move_trial_end
from apps.subscriptions.reminders import is_reminder_due, trial_reminder_at
from tests.cases.adapters.subscription_cycle import cycled
from tests.cases.registry import Facts, adapter
from tests.cases.subscribing import Watch, at, make_row, moment, origin_at, written

AREA = "trials"


@adapter(AREA)
def trial_end(given: Facts, when: Facts) -> Facts:
    end = trials.trial_end(
        datetime.fromisoformat(when["start"]),
        interval=given["trial_interval"],
        count=given["trial_interval_count"],
    )
    return {"trial_end": written(end)}


@adapter(AREA, db=True)
def cycle(given: Facts, when: Facts) -> Facts:
    return cycled(given, when)


@adapter(AREA, db=True)
def set_trial_end(given: Facts, when: Facts) -> Facts:
    subscription = _on_seats(given)
    watch = Watch(subscription)
    _move(subscription, when)
    return watch.facts()


@adapter(AREA, db=True)
def set_trial_end_then_cycle(given: Facts, when: Facts) -> Facts:
    subscription = _on_seats(given)
    watch = Watch(subscription)
    moved = _move(subscription, when)
    cycle_subscription(
        subscription_id=subscription.pk, origin=origin_at(moved.current_period_end_at)
    )
    return watch.facts()


@adapter(AREA)
def trial_reminder_due(given: Facts, when: Facts) -> Facts:
    end = datetime.fromisoformat("2026-01-31T00:00:00Z")
    start = end - timedelta(hours=given["trial_hours"])
    reminder = trial_reminder_at(trial_start_at=start, trial_end_at=end)
    now = end - timedelta(hours=when["hours_before_end"])
    is_due = is_reminder_due(reminder, event_at=end, at=now)
    return {"due": is_due and given["status"] == Subscription.Status.TRIALING}


def _on_seats(given: Facts) -> Subscription:
    if given.get("price_per_seat") is None:
        return make_row(given)
    tiers = [{"min": 1, "max": None, "price_per_seat": given["price_per_seat"]}]
    return make_row({**given, "prices": [{"type": "seat", "tiers": tiers}]})


def _move(subscription: Subscription, when: Facts) -> Subscription:
    wanted = when["trial_end"]
    return move_trial_end(
        subscription_id=subscription.pk,
        trial_end_at=None if wanted == "now" else moment(wanted),
        origin=origin_at(at(when, subscription.current_period_start_at)),
    )
