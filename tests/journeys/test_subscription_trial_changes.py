"""Trials that are begun, extended and ended through the SDK."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.core.origin import Door, system_origin
from apps.events.models import Event
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import cycle_subscription
from tests.journeys.changing import DAY, DECLINES_LATER, in_days, orders_of, organization, polar
from tests.support.changes import dearer_plan, subscriber_with
from tests.support.drafts import charges_of
from tests.support.stripesim import stripesim
from tests.support.subscribers import make_discount
from tests.support.tills import Till, till

__all__ = ["organization", "polar", "stripesim", "till"]


class TestTrial:
    def test_begins_and_is_extended(self, polar: Any, till: Till) -> None:
        subscription = subscriber_with(till)

        on_trial = polar.subscriptions.update(str(subscription.pk), trial_end=in_days(40))
        assert on_trial.status == "trialing"
        assert on_trial.trial_end == on_trial.current_period_end

        longer = polar.subscriptions.update(on_trial.id, trial_end=in_days(50))
        assert longer.trial_end > on_trial.trial_end

    def test_ends_now_if_the_first_period_is_paid(self, polar: Any, till: Till) -> None:
        trial_end = datetime.now(UTC) + 5 * DAY
        discount = make_discount(till.merchant.organization, 5000)
        subscription = subscriber_with(till, trial_end_at=trial_end, discount=discount)

        ended = polar.subscriptions.update(str(subscription.pk), trial_end="now")

        assert (ended.status, ended.trial_end) == ("active", ended.current_period_start)
        assert ended.current_period_end > in_days(27)
        [order] = polar.orders.list(subscription_id=ended.id).items
        assert (order.paid, order.billing_reason) == (True, "subscription_cycle")
        assert (order.subtotal_amount, order.discount_amount) == (1000, 500)
        assert order.items[0].start_timestamp == ended.current_period_start
        assert order.items[0].proration is False
        [row] = orders_of(subscription)
        assert len(charges_of(till, row)) == 1
        events = Event.objects.filter(subject_id=ended.id).order_by("id")
        assert events.last().type == "subscription.cycled"
        assert events.last().payload["billing_reason"] == row.billing_reason
        assert row.billing_reason == "subscription_cycle_after_trial"

    def test_goes_on_where_the_card_is_declined(
        self, polar: Any, till: Till, organization: Organization, errors: Any
    ) -> None:
        trial_end = datetime.now(UTC) + 5 * DAY
        subscription = subscriber_with(till, DECLINES_LATER, trial_end_at=trial_end)
        before = polar.subscriptions.get(str(subscription.pk))
        product = str(dearer_plan(organization).pk)

        for body in ({}, {"metadata": {"a": 1}}, {"product_id": product}):
            with pytest.raises(errors.SubscriptionsUpdate402Error) as refusal:
                polar.subscriptions.update(before.id, trial_end="now", **body)
            assert refusal.value.error.error == "PaymentFailed"
            assert polar.subscriptions.get(before.id) == before
        assert polar.orders.list(subscription_id=before.id).items == []

    def test_ends_once_a_payment_of_unknown_outcome_is_known(
        self, polar: Any, till: Till, errors: Any
    ) -> None:
        trial_end = datetime.now(UTC) + 5 * DAY
        subscription = subscriber_with(till, trial_end_at=trial_end)
        id_ = str(subscription.pk)
        till.sim.control("faults", {"kind": "drop_after", "path": "/v1/payment_intents$"})
        with pytest.raises(errors.SubscriptionsUpdate409Error):
            polar.subscriptions.update(id_, trial_end="now")
        till.sim.control("faults", method="DELETE")
        cycle_subscription(
            subscription_id=subscription.pk, force=True, origin=system_origin(Door.COMMAND)
        )
        assert polar.subscriptions.get(id_).status == "trialing"

        till.settle_until(lambda: polar.subscriptions.get(id_).status == "active")

        [order] = orders_of(subscription)
        assert order.is_paid and len(charges_of(till, order)) == 1
        assert order.period_start_at == Subscription.objects.get(pk=id_).current_period_start_at

    def test_ends_now_with_another_product(
        self, polar: Any, till: Till, organization: Organization
    ) -> None:
        trial_end = datetime.now(UTC) + 5 * DAY
        subscription = subscriber_with(till, trial_end_at=trial_end)
        yearly = dearer_plan(organization, interval="year")

        ended = polar.subscriptions.update(
            str(subscription.pk), product_id=str(yearly.pk), trial_end="now", metadata={"a": 1}
        )

        assert (ended.status, ended.amount, ended.metadata) == ("active", 9000, {"a": 1})
        assert ended.recurring_interval == "year" and ended.current_period_end > in_days(360)
        [order] = polar.orders.list(subscription_id=ended.id).items
        assert (order.paid, order.subtotal_amount) == (True, 9000)

    def test_does_not_end_where_there_is_none(self, polar: Any, till: Till, errors: Any) -> None:
        subscription = subscriber_with(till)
        with pytest.raises(errors.HTTPValidationError) as refusal:
            polar.subscriptions.update(str(subscription.pk), trial_end="now")
        assert refusal.value.error.detail[0].loc == ["body", "trial_end"]

    def test_goes_with_another_product(
        self, polar: Any, till: Till, organization: Organization
    ) -> None:
        trial_end = datetime.now(UTC) + 5 * DAY
        subscription = subscriber_with(till, trial_end_at=trial_end)
        product = dearer_plan(organization, trial_interval="month", trial_interval_count=1)

        changed = polar.subscriptions.update(
            str(subscription.pk),
            product_id=str(product.pk),
            trial_end=in_days(60),
            metadata={"a": True},
        )

        assert (changed.status, changed.product.name) == ("trialing", "Dearer")
        assert changed.trial_end > in_days(55)
        assert changed.metadata == {"a": True}

    def test_is_all_or_nothing(
        self, polar: Any, till: Till, organization: Organization, errors: Any
    ) -> None:
        subscription = subscriber_with(till)
        before = polar.subscriptions.get(str(subscription.pk))
        product = str(dearer_plan(organization).pk)

        for body in (
            # The first is done already when the second is refused.
            {"proration_behavior": "prorate", "trial_end": in_days(-1)},
            {"proration_behavior": "invoice", "trial_end": in_days(60)},
            {"proration_behavior": "prorate", "metadata": {"k" * 41: 1}},
        ):
            with pytest.raises(errors.HTTPValidationError):
                polar.subscriptions.update(before.id, product_id=product, **body)
            assert polar.subscriptions.get(before.id) == before, body
        assert Order.objects.filter(subscription_id=subscription.pk).count() == 0
