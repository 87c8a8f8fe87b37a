"""A change that is asked for again under its key is not made again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.catalog.models import Product
from apps.customers.models import Customer
from apps.orders.errors import PaymentAlreadyInProgress
from apps.subscriptions.errors import SubscriptionLocked
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import SubscriptionUpdate, change_seats, update_subscription
from apps.subscriptions.operations.changing.wishes import RESET_FEATURE
from tests.support.drafts import require_one_charge, save_card
from tests.support.paid_changes import again, better, customer, now, order_of, subscription, sweep
from tests.support.stripesim import stripesim
from tests.support.subscribers import make_plan, make_subscription, seat_price
from tests.support.tills import Till, till

__all__ = ["better", "customer", "stripesim", "subscription", "till"]


class TestRepetitionUnderItsKey:
    @pytest.mark.parametrize("is_answer_lost", [False, True])
    def test_of_a_period_that_was_begun_anew_begins_no_second_one(
        self, till: Till, subscription: Subscription, better: Product, is_answer_lost: bool
    ) -> None:
        organization = subscription.organization
        organization.feature_settings = {RESET_FEATURE: True}
        organization.save(update_fields=["feature_settings"])
        wishes = SubscriptionUpdate(product_id=better.pk, behavior="reset")

        def ask(key: str) -> Subscription:
            return update_subscription(
                subscription_id=subscription.pk,
                wishes=wishes,
                origin=replace(now(), idempotency_key=key),
            )

        if is_answer_lost:
            till.sim.control("faults", {"kind": "drop_after", "path": "/v1/payment_intents$"})
            with pytest.raises(PaymentAlreadyInProgress):
                ask("one")
            with pytest.raises(SubscriptionLocked):
                ask("one")
            sweep()
        else:
            ask("one")
        made = again(subscription)
        assert ask("one").current_period_start_at == made.current_period_start_at
        require_one_charge(till, order_of(subscription))
        assert ask("two").current_period_start_at > made.current_period_start_at

    def test_of_seats_brings_back_no_former_number(self, till: Till, customer: Customer) -> None:
        save_card(till, customer)
        plan = make_plan(till.merchant.organization, prices=[seat_price(2000)])
        row = make_subscription(
            till.merchant.organization, plan=plan, seats=1, customer=customer, moment=now(-10).at
        )

        def ask(seats: int, key: str) -> Subscription:
            return change_seats(
                subscription_id=row.pk,
                seats=seats,
                behavior="invoice",
                origin=replace(now(), idempotency_key=key),
            )

        ask(5, "one")
        ask(9, "two")
        assert ask(5, "one").seats == 9
