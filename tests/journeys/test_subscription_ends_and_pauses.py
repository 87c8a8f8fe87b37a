"""Periods moved, ends and pauses set and taken back through the SDK."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.origin import Door, system_origin
from apps.subscriptions.operations import cycle_subscription
from tests.journeys.changing import in_days, orders_of, polar
from tests.support.changes import subscriber_with
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["polar", "stripesim", "till"]


class TestPeriod:
    def test_ends_another_day(self, polar: Any, till: Till, errors: Any) -> None:
        subscription = subscriber_with(till)

        moved = polar.subscriptions.update(
            str(subscription.pk), current_billing_period_end="2099-03-05T00:00:00Z"
        )
        assert moved.current_period_end == "2099-03-05T00:00:00Z"

        with pytest.raises(errors.HTTPValidationError) as refusal:
            polar.subscriptions.update(moved.id, current_billing_period_end=in_days(-1))
        assert refusal.value.error.detail[0].loc == ["body", "current_billing_period_end"]


class TestEnd:
    def test_is_set_and_taken_back(self, polar: Any, till: Till) -> None:
        subscription = subscriber_with(till)

        ending = polar.subscriptions.update(
            str(subscription.pk),
            cancel_at_period_end=True,
            customer_cancellation_reason="too_expensive",
            customer_cancellation_comment="Too much.",
        )
        assert ending.cancel_at_period_end and ending.ends_at == ending.current_period_end
        assert ending.customer_cancellation_reason == "too_expensive"
        assert ending.customer_cancellation_comment == "Too much."

        kept = polar.subscriptions.update(ending.id, cancel_at_period_end=False)
        assert (kept.cancel_at_period_end, kept.ends_at) == (False, None)
        assert kept.customer_cancellation_reason is None

    def test_comes_at_once(self, polar: Any, till: Till) -> None:
        subscription = subscriber_with(till)

        ended = polar.subscriptions.update(
            str(subscription.pk), revoke=True, customer_cancellation_reason="other"
        )

        assert (ended.status, ended.customer_cancellation_reason) == ("canceled", "other")


class TestPause:
    def test_is_set_and_taken_back(self, polar: Any, till: Till, errors: Any) -> None:
        subscription = subscriber_with(till)
        id_ = str(subscription.pk)

        pausing = polar.subscriptions.update(id_, pause_at_period_end=True, resumes_at=in_days(90))
        assert pausing.pause_at_period_end and pausing.resumes_at is not None
        with pytest.raises(errors.HTTPValidationError):
            polar.subscriptions.update(id_, pause_at_period_end=True)

        kept = polar.subscriptions.update(id_, pause_at_period_end=False)
        assert (kept.pause_at_period_end, kept.resumes_at) == (False, None)
        with pytest.raises(errors.HTTPValidationError):
            polar.subscriptions.update(id_, pause_at_period_end=False)

    def test_ends_with_a_new_period(self, polar: Any, till: Till, errors: Any) -> None:
        subscription = subscriber_with(till)
        id_ = str(subscription.pk)
        with pytest.raises(errors.HTTPValidationError):
            polar.subscriptions.update(id_, resume=True)
        polar.subscriptions.update(id_, pause_at_period_end=True)
        cycle_subscription(
            subscription_id=subscription.pk, force=True, origin=system_origin(Door.COMMAND)
        )
        assert polar.subscriptions.get(id_).status == "paused"
        with pytest.raises(errors.SubscriptionsUpdate403Error) as refusal:
            polar.subscriptions.update(id_, pause_at_period_end=True)
        assert refusal.value.error.error == "InactiveSubscription"

        resumed = polar.subscriptions.update(id_, resume=True)

        assert (resumed.status, resumed.paused_at) == ("active", None)
        assert len(orders_of(subscription)) == 1
