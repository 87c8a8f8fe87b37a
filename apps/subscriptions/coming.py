"""What comes next for a subscription, read off its row. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.subscriptions.models import Subscription

_Status = Subscription.Status


@dataclass(frozen=True, slots=True)
class NextEvent:
    """`what` happens `at`; None where it waits for somebody."""

    what: str
    at: datetime | None = None


def period_event(subscription: Subscription) -> NextEvent | None:
    """What happens when the period ends; None where it has none to come."""
    at = subscription.current_period_end_at
    if subscription.status in (_Status.CANCELED, _Status.PAUSED):
        return None
    if subscription.cancel_at_period_end:
        return NextEvent("ends", at)
    if subscription.pause_at_period_end:
        return NextEvent("pauses", at)
    if subscription.status == _Status.TRIALING:
        return NextEvent("trial ends", at)
    return NextEvent("renews", at)


def next_event(subscription: Subscription, *, retries_at: datetime | None) -> NextEvent | None:
    """
    The first thing to come; `retries_at` is when an unpaid order is tried again.

    None for one that has ended.
    """
    if subscription.status == _Status.CANCELED:
        return None
    if subscription.status == _Status.PAUSED:
        is_dated = subscription.resumes_at is not None
        return NextEvent("resumes" if is_dated else "stays paused", subscription.resumes_at)
    first = period_event(subscription)
    if retries_at is not None and (first is None or retries_at <= (first.at or retries_at)):
        return NextEvent("retries payment", retries_at)
    return first
