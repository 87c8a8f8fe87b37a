"""
When a renewal that was not paid is tried again, and when that ends. Pure.

The schedule is the organization's: a number of days to wait after each failure. Its sum, and a
minute, after the subscription went past due is the deadline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from apps.organizations.defaults import SUBSCRIPTION_SETTINGS

INTERVALS: Final = "dunning_intervals"
GRACE_PERIOD: Final = "benefit_revocation_grace_period"
# So that the last try of the schedule, a little late, still comes before the deadline.
SLACK: Final = timedelta(minutes=1)


class Step(StrEnum):
    """What follows a failure."""

    RETRY = "retry"
    REVOKE = "revoke"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """
    A failed try that counts; `failure_count` includes it.

    `is_first` says that no further try of the order was planned. `past_due_at` is of its
    subscription, of this moment if it goes past due by this.
    """

    at: datetime
    failure_count: int
    is_first: bool
    is_recoverable: bool
    is_void: bool
    has_ended: bool
    past_due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The step, and when the next try is."""

    step: Step
    next_attempt_at: datetime | None = None


def intervals_of(settings: Mapping[str, Any]) -> tuple[timedelta, ...]:
    """The waits between the tries of an order, from the settings of an organization."""
    days = settings.get(INTERVALS) or SUBSCRIPTION_SETTINGS[INTERVALS]
    return tuple(timedelta(days=count) for count in days)


def deadline_at(past_due_at: datetime, intervals: Sequence[timedelta]) -> datetime:
    """After this a further failure ends the subscription, however few there were."""
    return past_due_at + sum(intervals, timedelta()) + SLACK


def decide(failure: Failure, intervals: Sequence[timedelta]) -> Decision:
    """
    What follows a failure.

    A bank that will say no again is asked once more, at the deadline: the customer has until then
    to name another card.
    """
    if failure.has_ended or (failure.is_first and failure.is_void):
        return Decision(step=Step.STOP)
    deadline = deadline_at(failure.past_due_at, intervals)
    is_exhausted = failure.failure_count > len(intervals) or failure.at >= deadline
    if not failure.is_first and (failure.is_void or is_exhausted):
        return Decision(step=Step.REVOKE)
    if not failure.is_recoverable and failure.at < deadline:
        return Decision(step=Step.RETRY, next_attempt_at=deadline)
    number = 1 if failure.is_first else max(failure.failure_count, 1)
    return Decision(step=Step.RETRY, next_attempt_at=failure.at + intervals[number - 1])


def coming_tries(
    next_attempt_at: datetime,
    *,
    failure_count: int,
    past_due_at: datetime,
    intervals: Sequence[timedelta],
) -> list[datetime]:
    """
    When an order will be tried if every try fails, the planned one first; the last one ends it.

    `failure_count` is of the failures so far that count.
    """
    tries = [next_attempt_at]
    for number in range(failure_count + 1, len(intervals) + 1):
        if tries[-1] >= deadline_at(past_due_at, intervals):
            break
        tries.append(tries[-1] + intervals[number - 1])
    return tries


def access_until(past_due_at: datetime, settings: Mapping[str, Any]) -> datetime:
    """How long a customer who is past due keeps what they bought: the grace period's end."""
    days = settings.get(GRACE_PERIOD) or SUBSCRIPTION_SETTINGS[GRACE_PERIOD]
    return past_due_at + timedelta(days=days)


def has_access(
    status: str, past_due_at: datetime | None, settings: Mapping[str, Any], *, at: datetime
) -> bool:
    """Whether a customer has the use of what they subscribed to at this moment."""
    if status in ("trialing", "active"):
        return True
    if status != "past_due" or past_due_at is None:
        return False
    return at < access_until(past_due_at, settings)
