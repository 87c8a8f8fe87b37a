"""Other discounts, alone and with a product."""

from __future__ import annotations

import pytest

from apps.core.errors import ValidationFailed
from apps.discounts.models import Discount
from apps.orders.models import Order
from apps.subscriptions.operations import change_discount, cycle_subscription
from tests.subscriptions.changing import END, MIDDLE, amounts, change, give_credit, plan
from tests.support.subscribers import START, at, make_discount, make_merchant, make_subscription

pytestmark = pytest.mark.django_db


class TestDiscounts:
    def test_alone_count_from_the_next_order(self) -> None:
        subscription = make_subscription()
        discount = make_discount(subscription.organization)
        changed = change_discount(
            subscription_id=subscription.pk, discount=discount, origin=at(MIDDLE)
        )
        assert (changed.amount, changed.discount_applied_at) == (500, None)
        assert not amounts(subscription)
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert Order.objects.get().discount_amount == 500
        with pytest.raises(ValidationFailed):
            change_discount(subscription_id=subscription.pk, discount=discount, origin=at(END))
        assert (
            change_discount(subscription_id=subscription.pk, discount=None, origin=at(END)).amount
            == 1000
        )

    def test_with_a_product_credit_the_old_and_debit_the_new(self) -> None:
        merchant = make_merchant()
        old = make_discount(merchant, 2500, duration="forever")
        subscription = make_subscription(merchant, 10_000, discount=old)
        new = make_discount(merchant, 5000, duration="forever")
        change(subscription, plan(subscription, 100_000), discount=new)
        assert amounts(subscription) == [-3750, 25_000]

    def test_that_are_over_do_not_cheapen_a_period_that_begins_now(self) -> None:
        merchant = make_merchant()
        subscription = make_subscription(merchant, discount=make_discount(merchant))
        give_credit(subscription)
        changed = change(subscription, plan(subscription, 10_000, interval="year"))
        assert amounts(subscription) == [-250, 10_000]
        assert (changed.discount_id, changed.amount) == (None, 10_000)

    @pytest.mark.parametrize("what", ["foreign", "currency", "product", "deleted"])
    def test_must_take_something_off(self, what: str) -> None:
        subscription = make_subscription()
        merchant = subscription.organization
        discount: Discount = {
            "foreign": lambda: make_discount(make_merchant()),
            "currency": lambda: make_discount(
                merchant, type="fixed", basis_points=None, amounts={"eur": 100}
            ),
            "product": lambda: make_discount(merchant),
            "deleted": lambda: make_discount(merchant, deleted_at=START),
        }[what]()
        if what == "product":
            discount.products.add(plan(subscription))
        with pytest.raises(ValidationFailed) as error:
            change_discount(subscription_id=subscription.pk, discount=discount, origin=at(MIDDLE))
        assert error.value.problems[0]["loc"] == ["body", "discount_id"]
