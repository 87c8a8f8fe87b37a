"""A change whose payment nobody knows of, or whose process dies: made once, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.catalog.models import Product
from apps.customers.models import Customer
from apps.events.models import Event
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.selectors import presentable_orders
from apps.payments.models import Payment
from apps.subscriptions.errors import SubscriptionLocked
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.operations import (
    cancel_subscription,
    cycle_subscription,
    discard_pending_update,
)
from tests.support import crashes
from tests.support.drafts import save_card
from tests.support.paid_changes import (
    again,
    better,
    change,
    customer,
    now,
    order_of,
    require_changed_once,
    require_unchanged,
    subscription,
    sweep,
)
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["better", "customer", "stripesim", "subscription", "till"]

# Where nothing was asked of the processor.
EARLY = ("before the change is kept", "before its charge is asked for")


class TestUnknownOutcome:
    @pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500"])
    def test_blocks_every_other_change_until_it_is_known(
        self, till: Till, subscription: Subscription, better: Product, kind: str
    ) -> None:
        till.sim.control("deliveries/pause", {})
        till.sim.control("faults", {"kind": kind, "path": "/v1/payment_intents$", "count": 1})
        with pytest.raises(PaymentAlreadyInProgress):
            change(subscription, better)
        assert again(subscription).product_id == subscription.product_id
        assert not presentable_orders().exists()

        others: list[Callable[[], Any]] = [
            lambda: change(subscription, better, "prorate"),
            lambda: discard_pending_update(subscription_id=subscription.pk, origin=now()),
            lambda: cancel_subscription(subscription_id=subscription.pk, origin=now()),
        ]
        for other in others:
            with pytest.raises(SubscriptionLocked):
                other()
        cycle_subscription(subscription_id=subscription.pk, force=True, origin=now(30))
        assert again(subscription).current_period_end_at == subscription.current_period_end_at

        sweep()
        till.sim.control("deliveries/resume", {})
        require_changed_once(till, subscription, better)

    def test_of_a_subscription_that_has_ended_is_told_to_staff(
        self, till: Till, subscription: Subscription, better: Product
    ) -> None:
        till.sim.control("faults", {"kind": "drop_after", "path": "/v1/payment_intents$"})
        with pytest.raises(PaymentAlreadyInProgress):
            change(subscription, better)
        Subscription.objects.update(status="canceled", ended_at=now().at)
        sweep()
        assert again(subscription).product_id == subscription.product_id
        assert order_of(subscription).billing_reason == "subscription_update"
        assert Event.objects.filter(type="subscription.change_outdated").count() == 1
        assert PendingUpdate.objects.get().discarded_at is not None

    def test_of_a_decline_lets_go_once_it_is_known(
        self, till: Till, customer: Customer, subscription: Subscription, better: Product
    ) -> None:
        method = save_card(till, customer, "pm_card_chargeCustomerFail")
        Subscription.objects.filter(pk=subscription.pk).update(payment_method=method)
        till.sim.control("faults", {"kind": "drop_after", "path": "/v1/payment_intents$"})
        with pytest.raises(PaymentAlreadyInProgress):
            change(subscription, better)
        sweep()
        require_unchanged(subscription)
        till.settle_until(lambda: Payment.objects.filter(status="failed").exists())
        require_unchanged(subscription)


class TestProcessDies:
    @pytest.mark.parametrize("recover", ["webhooks", "sweep"])
    @pytest.mark.parametrize("point", crashes.CHANGE_POINTS)
    def test_leaves_one_change_and_one_charge(
        self,
        till: Till,
        subscription: Subscription,
        better: Product,
        point: str,
        recover: str,
    ) -> None:
        if recover == "sweep":
            till.sim.control("deliveries/pause", {})
        code = crashes.run(
            "change",
            point,
            till.sim.url,
            subscription_id=str(subscription.pk),
            product_id=str(better.pk),
        )
        assert code == crashes.EXIT_CODE

        if point == "before the change is kept":
            require_unchanged(subscription)
            change(subscription, better)
        elif point != "after it commits":
            assert again(subscription).product_id == subscription.product_id
            with pytest.raises(SubscriptionLocked):
                change(subscription, better)
        if recover == "sweep" or point in EARLY:
            sweep()
        till.sim.control("deliveries/resume", {})
        till.settle_until(lambda: again(subscription).product_id == better.pk)
        sweep(10)
        require_changed_once(till, subscription, better)
