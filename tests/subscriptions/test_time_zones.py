"""Periods, prorations and what is stored are the same wherever the machine and database stand."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from apps.orders.models import Order
from apps.subscriptions.models import BillingEntry, Subscription
from apps.subscriptions.operations import (
    change_product,
    claim_due_subscriptions,
    cycle_subscription,
)
from apps.subscriptions.periods import Period, add_interval, next_boundary
from apps.subscriptions.proration import share_after
from apps.subscriptions.trials import trial_end
from tests.support.subscribers import at, make_merchant, make_plan, make_subscription

# The clocks of New York go forward on 9 March 2025 and back on 2 November; India's never do.
ZONES = ["UTC", "America/New_York", "Asia/Kolkata"]


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The zone that the process stands in for the test."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.fixture
def far_database(zone: str, db: None) -> Iterator[str]:
    """A session of the database that stands in the zone too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, false)", [zone])
        cursor.execute("SHOW TimeZone")
        assert cursor.fetchone() == (zone,)
    yield zone
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")


def test_the_process_does_stand_there(zone: str) -> None:
    summer = datetime(2025, 7, 1, 12, tzinfo=UTC)
    assert summer.astimezone().utcoffset() == summer.astimezone(ZoneInfo(zone)).utcoffset()


class TestPure:
    @pytest.mark.parametrize(
        ("start", "interval", "count", "end"),
        [
            # Over both changes of the clocks, and at the hour that does not exist or comes twice.
            ("2025-03-08T07:30", "day", 1, "2025-03-09T07:30"),
            ("2025-03-02T07:30", "week", 1, "2025-03-09T07:30"),
            ("2025-02-09T07:30", "month", 1, "2025-03-09T07:30"),
            ("2025-11-01T05:30", "day", 1, "2025-11-02T05:30"),
            ("2025-10-02T06:30", "month", 1, "2025-11-02T06:30"),
            # Another day, month or year than it is over there.
            ("2025-01-31T23:30", "month", 1, "2025-02-28T23:30"),
            ("2025-02-01T01:00", "month", 1, "2025-03-01T01:00"),
            ("2024-12-31T20:00", "year", 1, "2025-12-31T20:00"),
            ("2024-02-29T03:00", "year", 1, "2025-02-28T03:00"),
        ],
    )
    def test_periods_end_at_the_same_instant(
        self, zone: str, start: str, interval: str, count: int, end: str
    ) -> None:
        begun, over = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end))
        local = begun.astimezone(ZoneInfo(zone))
        for moment in (begun, local):
            assert add_interval(moment, interval, count).isoformat() == over.isoformat()
            assert trial_end(moment, interval=interval, count=count) == over
            found = next_boundary(moment, interval=interval, count=count, anchor_day=begun.day)
            assert found.isoformat() == over.isoformat()

    @pytest.mark.parametrize("month", [3, 11])
    def test_a_day_of_a_change_is_no_longer_or_shorter(self, zone: str, month: int) -> None:
        start = datetime(2025, month, 1, tzinfo=UTC)
        period = Period(start, start + timedelta(days=30))
        middle = start + timedelta(days=15)
        local = middle.astimezone(ZoneInfo(zone))
        assert share_after(period, middle) == share_after(period, local) == 0.5


class TestStored:
    def test_renewals_and_prorations(self, far_database: str) -> None:
        merchant = make_merchant()
        start = datetime(2025, 1, 31, 23, 30, tzinfo=UTC)
        subscription = make_subscription(merchant, 10_000, moment=start)
        ends = []
        for _ in range(10):
            subscription = Subscription.objects.get(pk=subscription.pk)
            ends.append(subscription.current_period_end_at)
            cycle_subscription(subscription_id=subscription.pk, origin=at(ends[-1]))
        assert [end.astimezone(UTC).isoformat() for end in ends] == [
            f"2025-{month:02}-{day}T23:30:00+00:00"
            for month, day in zip(
                range(2, 12), (28, 31, 30, 31, 30, 31, 31, 30, 31, 30), strict=True
            )
        ]
        labels = Order.objects.order_by("period_start_at").values_list("items__label", flat=True)
        assert labels[0] == "Pro: 28 Feb 2025 to 31 Mar 2025"

        middle = datetime(2025, 12, 16, 11, 30, tzinfo=UTC)
        change_product(
            subscription_id=subscription.pk,
            product_id=make_plan(merchant, 20_000)[0].pk,
            behavior="prorate",
            origin=at(middle),
        )
        entries = BillingEntry.objects.filter(order_item=None).order_by("id")
        assert [entry.amount for entry in entries] == [5000, 10_000]
        assert {entry.start_at for entry in entries} == {middle}

    def test_what_is_due_is_found_at_its_instant(self, far_database: str) -> None:
        start = datetime(2025, 2, 9, 7, 30, tzinfo=UTC)
        subscription = make_subscription(moment=start)
        end = datetime(2025, 3, 9, 7, 30, tzinfo=UTC)
        assert claim(end - timedelta(microseconds=1)) == []
        assert claim(end) == [subscription.pk]


def claim(moment: datetime) -> list[object]:
    return list(claim_due_subscriptions(origin=at(moment)))
