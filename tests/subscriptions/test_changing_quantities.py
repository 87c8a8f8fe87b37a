"""Other numbers of seats and units."""

from __future__ import annotations

import pytest

from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.subscriptions.errors import (
    AboveMaximumSeats,
    BelowMinimumSeats,
    BelowMinimumUnits,
    NotASeatBasedSubscription,
)
from apps.subscriptions.operations import cycle_subscription
from tests.subscriptions.changing import (
    END,
    MIDDLE,
    amounts,
    change,
    give_credit,
    plan,
    seated,
    seats,
    unit_price,
    units,
    updates,
    waiting,
)
from tests.support.subscribers import at, make_merchant, make_plan, make_subscription, seat_price

pytestmark = pytest.mark.django_db


class TestChangeSeats:
    def test_prorates_the_difference(self) -> None:
        subscription = seated(5)
        assert seats(subscription, 8).amount == 8000
        assert amounts(subscription) == [1500]
        seats(subscription, 5)
        assert amounts(subscription) == [1500, -1500]

    def test_again_to_the_same_number_does_nothing(self) -> None:
        subscription = seated(5)
        for behavior in ("prorate", "invoice", "next_period"):
            seats(subscription, 5, behavior)
        assert not amounts(subscription) and waiting(subscription) is None
        assert not updates(subscription)

    def test_to_the_present_number_takes_back_what_was_to_come(self) -> None:
        subscription = seated(5)
        seats(subscription, 8, "next_period")
        seats(subscription, 5)
        assert waiting(subscription) is None
        assert updates(subscription) == 2

    def test_now_forgets_the_number_that_waits_but_not_the_product(self) -> None:
        subscription = seated(5)
        change(subscription, plan(subscription, prices=[seat_price(2000)]), "next_period")
        seats(subscription, 8, "next_period")
        seats(subscription, 6)
        row = waiting(subscription)
        assert row is not None and row.product_id and row.seats is None
        cycled = cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert (cycled.seats, cycled.amount) == (6, 12_000)

    def test_must_suit_the_product_that_is_to_come(self) -> None:
        subscription = seated(5)
        many = {**seat_price(500)}
        many["tiers"] = [{"minimum": 4, "maximum": 20, "unit_amount": "500"}]
        change(subscription, plan(subscription, prices=[many]), "next_period")
        for behavior in ("prorate", "next_period"):
            with pytest.raises(BelowMinimumSeats):
                seats(subscription, 3, behavior)
            with pytest.raises(AboveMaximumSeats):
                seats(subscription, 21, behavior)

    def test_is_possible_whatever_became_of_the_product_that_is_to_come(self) -> None:
        subscription = seated(5)
        product, [price] = make_plan(subscription.organization, prices=[seat_price(2000)])
        change(subscription, product, "next_period")
        price.archived_at = MIDDLE
        price.save()
        assert seats(subscription, 6).seats == 6

    def test_needs_a_price_by_the_seat(self) -> None:
        with pytest.raises(NotASeatBasedSubscription):
            seats(make_subscription(), 3)

    def test_of_a_paid_reset_bills_the_base_price_as_well(self) -> None:
        features = {"reset_proration_behavior_enabled": True}
        merchant = make_merchant()
        Organization.objects.filter(pk=merchant.pk).update(feature_settings=features)
        merchant.refresh_from_db()
        prices = [{"kind": "fixed", "fixed_amount": 700}, seat_price(1000)]
        subscription = make_subscription(merchant, plan=make_plan(merchant, prices=prices), seats=5)
        give_credit(subscription)
        later = plan(subscription, prices=[seat_price(2000)])
        change(subscription, later, "next_period")
        changed = seats(subscription, 3, "reset")
        row = waiting(subscription)
        assert row is not None and row.applies_at == changed.current_period_end_at
        assert changed.current_period_start_at == MIDDLE
        assert changed.anchor_day == MIDDLE.day
        order = Order.objects.get()
        assert (order.subtotal_amount, order.period_start_at) == (3700, MIDDLE)


class TestChangeUnits:
    def test_has_its_own_smallest_number(self) -> None:
        merchant = make_merchant()
        prices = [unit_price(100, minimum=10)]
        subscription = make_subscription(
            merchant, plan=make_plan(merchant, prices=prices), units=20
        )
        assert units(subscription, 12).amount == 1200
        assert amounts(subscription) == [-400]
        with pytest.raises(BelowMinimumUnits):
            units(subscription, 9)
