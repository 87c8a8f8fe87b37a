"""Other products now: what they credit and debit, and which of them are refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.events.models import Event
from apps.orders.models import Order
from apps.subscriptions.errors import AboveMaximumSeats, AlreadyCanceledSubscription
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import (
    cancel_subscription,
    change_product,
    cycle_subscription,
    revoke_subscription,
)
from tests.subscriptions.changing import (
    END,
    MIDDLE,
    amounts,
    change,
    give_credit,
    plan,
    seated,
    updates,
    waiting,
)
from tests.support.subscribers import (
    START,
    at,
    make_merchant,
    make_plan,
    make_subscription,
    seat_price,
)

pytestmark = pytest.mark.django_db


class TestChangeProduct:
    def test_prorated_waits_for_the_next_order(self) -> None:
        subscription = make_subscription()
        product = plan(subscription)
        changed = change(subscription, product)
        assert (changed.product_id, changed.amount) == (product.pk, 3000)
        assert amounts(subscription) == [-500, 1500]
        assert not Order.objects.exists()
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        order = Order.objects.get()
        assert (order.subtotal_amount, order.items.count()) == (4000, 3)

    def test_keeps_the_anchor(self) -> None:
        subscription = make_subscription()
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        changed = change(subscription, plan(subscription), moment=END + timedelta(days=3))
        assert changed.anchor_day == 31
        assert changed.current_period_end_at.day == 31

    def test_locks_in_the_prices_of_the_day(self) -> None:
        subscription = make_subscription()
        product, [price] = make_plan(subscription.organization, 3000)
        change(subscription, product)
        price.fixed_amount = 9999
        price.save()
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert Subscription.objects.get().amount == 3000

    def test_to_the_same_product_takes_its_present_prices(self) -> None:
        subscription = make_subscription()
        old = subscription.prices.get().price
        old.archived_at = MIDDLE
        old.save()
        old.pk, old.fixed_amount, old.archived_at = new_id(), 1500, None
        old.save(force_insert=True)
        assert change(subscription, subscription.product).amount == 1500
        assert amounts(subscription) == [-500, 750]

    def test_to_what_it_is_does_nothing(self) -> None:
        subscription = make_subscription()
        change(subscription, subscription.product, "invoice")
        assert not amounts(subscription)
        assert not Order.objects.exists()
        assert not updates(subscription)

    def test_replaces_what_waits(self) -> None:
        subscription = make_subscription()
        change(subscription, plan(subscription), "next_period")
        product = plan(subscription, 4000)
        change(subscription, product)
        assert waiting(subscription) is None
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert Subscription.objects.get().product_id == product.pk

    def test_tells_of_it_once(self) -> None:
        subscription = make_subscription()
        product = plan(subscription)
        change(subscription, product)
        event = Event.objects.get(type="subscription.updated")
        assert event.payload["previous_product_id"] == str(subscription.product_id)
        assert event.changes["amount"] == [1000, 3000]

    def test_uses_the_behavior_of_the_organization(self) -> None:
        settings = {"proration_behavior": "next_period"}
        merchant = make_merchant(subscription_settings=settings)
        subscription = make_subscription(merchant)
        change_product(
            subscription_id=subscription.pk, product_id=plan(subscription).pk, origin=at(MIDDLE)
        )
        assert waiting(subscription) is not None

    def test_of_a_past_due_subscription_keeps_it_past_due(self) -> None:
        subscription = make_subscription()
        Subscription.objects.update(status="past_due", past_due_at=START)
        assert change(subscription, plan(subscription)).status == "past_due"
        assert amounts(subscription) == [-500, 1500]

    def test_of_a_paused_one_bills_nothing(self) -> None:
        subscription = make_subscription()
        Subscription.objects.update(status="paused", paused_at=START)
        change(subscription, plan(subscription, interval="year"), "invoice")
        assert not amounts(subscription)
        row = Subscription.objects.get()
        assert (row.recurring_interval, row.current_period_end_at) == ("year", END)

    @pytest.mark.parametrize(
        "facts",
        [
            {"archived_at": START},
            {"currency": "eur"},
            {"interval": None, "count": None},
            {"prices": [{"kind": "custom", "minimum_amount": 500}]},
        ],
    )
    def test_refuses_a_product_that_cannot_be_had(self, facts: dict[str, Any]) -> None:
        subscription = make_subscription()
        product = plan(subscription, **facts)
        for behavior in ("prorate", "next_period"):
            with pytest.raises(ValidationFailed) as error:
                change(subscription, product, behavior)
            assert error.value.problems[0]["loc"] == ["body", "product_id"]

    def test_refuses_the_product_of_another_merchant(self) -> None:
        subscription = make_subscription()
        with pytest.raises(ValidationFailed):
            change(subscription, plan(make_subscription()))

    def test_refuses_what_has_ended_or_is_about_to(self) -> None:
        subscription = make_subscription()
        product = plan(subscription)
        cancel_subscription(subscription_id=subscription.pk, origin=at(MIDDLE))
        with pytest.raises(AlreadyCanceledSubscription):
            change(subscription, product)
        revoke_subscription(subscription_id=subscription.pk, origin=at(MIDDLE))
        with pytest.raises(AlreadyCanceledSubscription):
            change(subscription, product)

    def test_refuses_to_reset_unless_the_organization_may(self) -> None:
        subscription = make_subscription()
        product = plan(subscription)
        with pytest.raises(ValidationFailed) as error:
            change(subscription, product, "reset")
        assert error.value.problems[0]["loc"] == ["body", "proration_behavior"]

    def test_to_seats_takes_the_fewest_and_makes_a_team(self) -> None:
        subscription = make_subscription()
        product = plan(subscription, prices=[seat_price(1500)])
        give_credit(subscription)
        changed = change(subscription, product, "invoice")
        assert (changed.seats, changed.amount) == (1, 1500)
        assert Customer.objects.get(pk=subscription.customer_id).type == "team"
        with pytest.raises(ValidationFailed):
            change(subscription, plan(subscription))

    def test_from_one_seat_product_to_another_keeps_the_number_if_it_fits(self) -> None:
        subscription = seated(5)
        changed = change(subscription, plan(subscription, prices=[seat_price(2000)]))
        assert (changed.seats, changed.amount) == (5, 10_000)
        small = {**seat_price(2000)}
        small["tiers"] = [{"minimum": 1, "maximum": 4, "unit_amount": "2000"}]
        with pytest.raises(AboveMaximumSeats):
            change(subscription, plan(subscription, prices=[small]))
