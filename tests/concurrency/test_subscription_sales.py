"""Subscriptions sold while processes die and buyers, webhooks and sweeps meet: one of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from apps.catalog.inputs import PriceInput, ProductInput
from apps.catalog.models import Product
from apps.catalog.operations import create_product
from apps.checkouts.errors import NotOpenCheckout
from apps.checkouts.models import Checkout
from apps.checkouts.operations import NewCheckout, create_checkout
from apps.core.origin import Door, system_origin
from apps.discounts.errors import DiscountNotRedeemable
from apps.discounts.models import Discount, Redemption
from apps.discounts.operations import DiscountInput, create_discount
from apps.orders.models import Order
from apps.payments.models import PaymentMethod
from apps.subscriptions.errors import AlreadyActiveSubscriptionError
from apps.subscriptions.models import Subscription, TrialRedemption
from tests.concurrency.test_sale_crashes import confirm, sweep
from tests.concurrency.test_sale_races import together
from tests.support import crashes
from tests.support.stripesim import stripesim
from tests.support.tills import BUYER, Till, till

__all__ = ["stripesim", "till"]


def make_plan(till: Till, *, has_trial: bool) -> Product:
    more: dict[str, Any] = {}
    if has_trial:
        more = {"trial_interval": "day", "trial_interval_count": 14}
    return create_product(
        organization=till.merchant.organization,
        data=ProductInput(
            name="Pro",
            recurring_interval="month",
            recurring_interval_count=1,
            prices=[PriceInput(kind="fixed", currency="usd", fixed_amount=2000)],
            **more,
        ),
        origin=system_origin(Door.COMMAND),
    )


def make_discount(till: Till, **limits: int) -> Discount:
    data = DiscountInput(
        name="Sale", type="percentage", basis_points=1000, duration="once", **limits
    )
    return create_discount(
        organization=till.merchant.organization, data=data, origin=system_origin(Door.COMMAND)
    )


def open_checkout(
    till: Till, product: Product, discount: Discount | None = None, **details: Any
) -> Checkout:
    if discount is not None:
        details["discount_id"] = discount.pk
    return create_checkout(
        organization=till.merchant.organization,
        data=NewCheckout(product_ids=[product.pk], details=details),
        origin=system_origin(Door.COMMAND),
    )


def require_one_trial(till: Till, checkout_id: UUID) -> None:
    """One trial, its order over nothing, one card, one use of the discount, no charge."""
    [subscription] = Subscription.objects.all()
    [order] = Order.objects.all()
    assert (subscription.status, subscription.checkout_id) == ("trialing", checkout_id)
    assert (order.status, order.total_amount, order.subscription_id) == (
        "paid",
        0,
        subscription.pk,
    )
    assert subscription.payment_method == PaymentMethod.objects.get()
    assert TrialRedemption.objects.count() == 1
    assert Redemption.objects.get().subscription_id == subscription.pk
    assert Discount.objects.get().redemptions_count == 1
    assert not till.charges(checkout_id)


def is_sold(checkout_id: UUID) -> bool:
    return Checkout.objects.get(pk=checkout_id).status == "succeeded"


def by_webhooks(till: Till, checkout_id: UUID) -> None:
    till.settle_until(lambda: is_sold(checkout_id))


def by_sweep(till: Till, checkout_id: UUID) -> None:
    sweep()
    assert is_sold(checkout_id)


LATE = (
    "after the card is saved",
    "before the saved card is noted",
    "after the saved card is noted",
)


@pytest.fixture
def trial(till: Till) -> Checkout:
    return open_checkout(till, make_plan(till, has_trial=True), make_discount(till))


class TestTrialWhoseBuyersProcessDies:
    @pytest.mark.parametrize("recover", [by_webhooks, by_sweep])
    @pytest.mark.parametrize("point", crashes.TRIAL_POINTS)
    def test_begins_once(
        self, till: Till, trial: Checkout, point: str, recover: Callable[[Till, UUID], None]
    ) -> None:
        if recover is by_sweep:
            till.sim.control("deliveries/pause", {})
        code = crashes.run(
            "confirm",
            point,
            till.sim.url,
            checkout_id=str(trial.pk),
            token=till.token(),
            buyer=BUYER,
        )
        assert code == crashes.EXIT_CODE
        if point == "before the trial's intention commits":
            assert Checkout.objects.get().status == "open"
            assert not Redemption.objects.exists()
            confirm(till, trial.pk)
        else:
            with pytest.raises(NotOpenCheckout):
                confirm(till, trial.pk)
        if recover is by_webhooks and point not in LATE:
            sweep()
        recover(till, trial.pk)

        till.sim.control("deliveries/resume", {})
        till.settle()
        sweep()
        require_one_trial(till, trial.pk)


class TestTrialWhoseWorkerDies:
    @pytest.mark.parametrize("point", crashes.SETUP_POINTS)
    def test_begins_once(self, till: Till, trial: Checkout, point: str) -> None:
        confirm(till, trial.pk)
        till.deliver()
        assert crashes.run("handle", point, till.sim.url) == crashes.EXIT_CODE

        till.settle_until(lambda: is_sold(trial.pk))
        sweep()
        require_one_trial(till, trial.pk)


class TestTrialWhoseAnswerIsLost:
    @pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
    def test_begins_once(self, till: Till, trial: Checkout, kind: str) -> None:
        rule = {"kind": kind, "method": "POST", "path": "/v1/setup_intents$", "count": 1}
        till.sim.control("faults", rule)
        assert confirm(till, trial.pk).status == "confirmed"
        sweep()
        till.settle_until(lambda: is_sold(trial.pk))
        require_one_trial(till, trial.pk)


class TestTrialThatWasRefused:
    def test_gives_back_what_it_took(self, till: Till, trial: Checkout) -> None:
        confirm(till, trial.pk, "pm_card_threeDSecure2Required")
        assert Discount.objects.get().redemptions_count == 1
        former = Checkout.objects.get().intent_id or ""
        till.answer_challenge(former, passes=False)
        till.settle_until(lambda: Checkout.objects.get().status == "open")
        assert Discount.objects.get().redemptions_count == 0

        confirm(till, trial.pk)
        till.settle_until(lambda: is_sold(trial.pk))
        assert till.sim.client().v1.setup_intents.retrieve(former).status == "canceled"
        require_one_trial(till, trial.pk)


class TestSweepAndWebhook:
    @pytest.mark.parametrize("_round", range(3))
    def test_begin_one_trial(self, till: Till, trial: Checkout, _round: int) -> None:
        confirm(till, trial.pk)
        till.deliver()
        together(till.settle, sweep)
        till.settle_until(lambda: is_sold(trial.pk))
        require_one_trial(till, trial.pk)


class TestTwoBuyers:
    @pytest.mark.parametrize("_round", range(3))
    def test_share_no_last_redemption(self, till: Till, _round: int) -> None:
        product = make_plan(till, has_trial=False)
        discount = make_discount(till, max_redemptions=1)
        first, second = (open_checkout(till, product, discount) for _ in range(2))
        other = {**BUYER, "customer_email": "other@example.com"}

        results = together(
            lambda: confirm(till, first.pk), lambda: confirm(till, second.pk, buyer=other)
        )

        [refused] = [result for result in results if isinstance(result, Exception)]
        assert isinstance(refused, DiscountNotRedeemable)
        till.settle_until(lambda: Subscription.objects.exists())
        assert Discount.objects.get().redemptions_count == 1
        assert len(till.charges(first.pk)) + len(till.charges(second.pk)) == 1


class TestOneBuyerTwice:
    @pytest.mark.parametrize("_round", range(3))
    def test_gets_one_subscription(self, till: Till, _round: int) -> None:
        product = make_plan(till, has_trial=False)
        first, second = (open_checkout(till, product) for _ in range(2))

        results = together(lambda: confirm(till, first.pk), lambda: confirm(till, second.pk))

        [refused] = [result for result in results if isinstance(result, Exception)]
        assert isinstance(refused, AlreadyActiveSubscriptionError)
        till.settle_until(lambda: Subscription.objects.exists())
        assert len(till.charges(first.pk)) + len(till.charges(second.pk)) == 1
