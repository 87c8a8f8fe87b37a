"""Changes that wait for the next period."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.catalog.errors import ProductNotDeletable
from apps.catalog.models import Product
from apps.catalog.operations import delete_product
from apps.core.errors import ValidationFailed
from apps.events.models import Event
from apps.orders.models import Order
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.operations import cycle_subscription, discard_pending_update
from tests.subscriptions.changing import (
    END,
    MIDDLE,
    amounts,
    change,
    plan,
    seated,
    seats,
    unit_price,
    waiting,
)
from tests.support.subscribers import (
    START,
    at,
    make_discount,
    make_merchant,
    make_plan,
    make_subscription,
    seat_price,
)

pytestmark = pytest.mark.django_db


class TestNextPeriod:
    def test_moves_nothing_now_and_everything_then(self) -> None:
        subscription = make_subscription()
        product = plan(subscription, interval="year")
        changed = change(subscription, product, "next_period")
        assert (changed.product_id, changed.amount) == (subscription.product_id, 1000)
        assert not amounts(subscription)
        cycled = cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert (cycled.product_id, cycled.recurring_interval) == (product.pk, "year")
        # The period begins at the boundary and advances once.
        assert cycled.current_period_start_at == END
        assert cycled.current_period_end_at == datetime(2026, 2, 28, 10, 30, tzinfo=UTC)
        assert Order.objects.get().subtotal_amount == 3000

    def test_from_days_to_months_is_anchored_at_the_boundary(self) -> None:
        merchant = make_merchant()
        subscription = make_subscription(merchant, plan=make_plan(merchant, interval="week"))
        change(subscription, plan(subscription), "next_period", moment=START + timedelta(days=1))
        boundary = START + timedelta(days=7)
        cycled = cycle_subscription(subscription_id=subscription.pk, origin=at(boundary))
        assert cycled.anchor_day == boundary.day
        assert cycled.current_period_end_at == datetime(2025, 3, 7, 10, 30, tzinfo=UTC)

    def test_adds_wishes_to_one_row(self) -> None:
        subscription = seated(5)
        product = plan(subscription, prices=[seat_price(2000)])
        seats(subscription, 8, "next_period")
        change(subscription, product, "next_period")
        row = waiting(subscription)
        assert row is not None and (row.product_id, row.seats) == (product.pk, 8)
        cycled = cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert (cycled.seats, cycled.amount) == (8, 16_000)
        assert PendingUpdate.objects.get().applied_at == END

    def test_takes_the_discount_along(self) -> None:
        subscription = make_subscription()
        discount = make_discount(subscription.organization)
        product = plan(subscription)
        change(subscription, product, "next_period", discount=discount)
        assert Subscription.objects.get().discount_id is None
        cycled = cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert (cycled.discount_id, cycled.discount_applied_at) == (discount.pk, END)
        assert Order.objects.get().discount_amount == 1500

    def test_keeps_its_product_from_being_deleted(self) -> None:
        subscription = make_subscription()
        product = plan(subscription)
        change(subscription, product, "next_period")
        with pytest.raises(ProductNotDeletable):
            delete_product(product_id=product.pk, origin=at(MIDDLE))
        discard_pending_update(subscription_id=subscription.pk, origin=at(MIDDLE))
        delete_product(product_id=product.pk, origin=at(MIDDLE))

    def test_is_discarded_when_the_product_was_deleted_all_the_same(self) -> None:
        subscription = make_subscription()
        product = plan(subscription)
        change(subscription, product, "next_period")
        Product.objects.filter(pk=product.pk).update(deleted_at=MIDDLE)
        row = cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert row.product_id == subscription.product_id
        assert PendingUpdate.objects.get().discarded_at == END

    def test_is_discarded_when_the_product_has_lost_its_prices(self) -> None:
        subscription = make_subscription()
        product, [price] = make_plan(subscription.organization, 3000)
        change(subscription, product, "next_period")
        price.archived_at = MIDDLE
        price.save()
        cycled = cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert cycled.product_id == subscription.product_id
        assert cycled.current_period_start_at == END
        assert PendingUpdate.objects.get().discarded_at == END

    def test_can_be_taken_back(self) -> None:
        subscription = make_subscription()
        change(subscription, plan(subscription), "next_period")
        discard_pending_update(subscription_id=subscription.pk, origin=at(MIDDLE))
        discard_pending_update(subscription_id=subscription.pk, origin=at(MIDDLE))
        assert waiting(subscription) is None
        assert Event.objects.filter(type="subscription.update_cleared").count() == 1

    @pytest.mark.parametrize("price", [seat_price(), unit_price()])
    def test_cannot_bring_a_number_that_nobody_has_named(self, price: dict[str, Any]) -> None:
        subscription = make_subscription()
        with pytest.raises(ValidationFailed) as error:
            change(subscription, plan(subscription, prices=[price]), "next_period")
        assert error.value.problems[0]["loc"] == ["body", "proration_behavior"]
