"""Other products while a trial runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.orders.models import Order
from apps.subscriptions.operations import cycle_subscription
from tests.subscriptions.changing import MIDDLE, amounts, change, plan, waiting
from tests.support.subscribers import START, at, make_subscription

pytestmark = pytest.mark.django_db


class TestWithinATrial:
    def test_goes_on_as_the_new_product_grants(self) -> None:
        end = START + timedelta(days=20)
        subscription = make_subscription(trial_end_at=end)
        product = plan(subscription, trial_interval="day", trial_interval_count=30)
        changed = change(subscription, product, "invoice")
        assert changed.status == "trialing"
        assert changed.trial_end_at == changed.current_period_end_at == START + timedelta(days=30)
        assert not amounts(subscription) and not Order.objects.exists()

    @pytest.mark.parametrize("days", [None, 7])
    def test_ends_and_bills_where_nothing_of_it_is_left(self, days: int | None) -> None:
        subscription = make_subscription(trial_end_at=START + timedelta(days=20))
        trial = {"trial_interval": "day", "trial_interval_count": days} if days else {}
        changed = change(subscription, plan(subscription, **trial))
        assert (changed.status, changed.trial_end_at) == ("active", MIDDLE)
        order = Order.objects.get()
        assert (order.total_amount, order.billing_reason) == (
            3000,
            "subscription_cycle_after_trial",
        )
        assert order.period_start_at == MIDDLE

    def test_waits_for_its_end_if_asked_to(self) -> None:
        end = START + timedelta(days=20)
        subscription = make_subscription(trial_end_at=end)
        change(subscription, plan(subscription), "next_period")
        row = waiting(subscription)
        assert row is not None and row.applies_at == end
        cycle_subscription(subscription_id=subscription.pk, origin=at(end))
        assert Order.objects.get().total_amount == 3000
