from datetime import UTC, datetime, timedelta

import pytest

from apps.events.models import Event
from apps.orders.models import Order
from apps.subscriptions.models import BillingEntry, Subscription
from apps.subscriptions.operations import (
    cycle_subscription,
)
from tests.support.subscribers import (
    START,
    at,
    make_subscription,
)

pytestmark = pytest.mark.django_db
FEBRUARY = datetime(2025, 2, 28, 10, 30, tzinfo=UTC)
MARCH = datetime(2025, 3, 31, 10, 30, tzinfo=UTC)
YEAR_LATER = START + timedelta(days=365)


def cycle(subscription: Subscription, moment: datetime = FEBRUARY) -> Subscription:
    return cycle_subscription(subscription_id=subscription.pk, origin=at(moment))


class TestRenewing:
    def test_opens_the_next_period_and_bills_it_once(self) -> None:
        subscription = make_subscription()
        renewed = cycle(subscription)
        assert renewed.current_period_start_at == FEBRUARY
        assert renewed.current_period_end_at == MARCH
        order = Order.objects.get(subscription_id=subscription.pk)
        assert (order.status, order.billing_reason) == ("pending", "subscription_cycle")
        assert (order.total_amount, order.due_amount) == (1000, 1000)
        assert (order.period_start_at, order.period_end_at) == (FEBRUARY, MARCH)
        assert order.invoice_number
        entry = BillingEntry.objects.get(subscription=subscription)
        assert entry.order_item is not None
        assert entry.order_item.label == "Pro: 28 Feb 2025 to 31 Mar 2025"

    def test_does_nothing_the_second_time(self) -> None:
        subscription = make_subscription()
        cycle(subscription)
        again = cycle(subscription)
        assert again.current_period_end_at == MARCH
        assert Order.objects.filter(subscription_id=subscription.pk).count() == 1

    def test_catches_up_one_period_a_call(self) -> None:
        subscription = make_subscription()
        for _ in range(3):
            cycle(subscription, YEAR_LATER)
        starts = Order.objects.filter(subscription_id=subscription.pk).order_by("period_start_at")
        days = [start.day for start in starts.values_list("period_start_at", flat=True)]
        assert days == [28, 31, 30]

    def test_tells_what_became_of_it(self) -> None:
        subscription = make_subscription()
        cycle(subscription)
        event = Event.objects.get(type="subscription.cycled")
        assert event.changes["current_period_end_at"] == [FEBRUARY.isoformat(), MARCH.isoformat()]
        assert event.payload["billing_reason"] == "subscription_cycle"
        assert event.payload["due_amount"] == 1000
        assert "claimed_until" not in event.changes
