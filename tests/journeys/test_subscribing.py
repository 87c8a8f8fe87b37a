"""Subscriptions from outside: the SDK opens a checkout, the buyer pays or starts a trial."""

from __future__ import annotations

from typing import Any

import pytest

from apps.checkouts.models import Checkout
from apps.customers.models import Customer
from apps.ledger.checks import verify_books
from apps.orders.models import Order
from apps.payments.models import PaymentMethod
from apps.subscriptions.models import Subscription, TrialRedemption
from tests.support.stripesim import stripesim
from tests.support.tills import BUYER, Till, till

__all__ = ["stripesim", "till"]


def fixed(amount: int = 1000, currency: str = "usd") -> dict[str, Any]:
    return {"amount_type": "fixed", "price_amount": amount, "price_currency": currency}


def per_seat(amount: int = 500, currency: str = "usd") -> dict[str, Any]:
    tiers = {"seat_tier_type": "volume", "tiers": [{"min_seats": 1, "price_per_seat": amount}]}
    return {"amount_type": "seat_based", "price_currency": currency, "seat_tiers": tiers}


@pytest.fixture
def polar(till: Till, version: str) -> Any:
    with till.merchant.polar(version) as client:
        yield client


@pytest.fixture
def modern(till: Till) -> Any:
    with till.merchant.polar("2027-01") as client:
        yield client


@pytest.fixture
def refusals() -> Any:
    from polar.v2027_01 import errors

    return errors


def plan(polar: Any, *prices: dict[str, Any], **more: Any) -> Any:
    return polar.products.create(
        name="Pro", recurring_interval="month", prices=list(prices or (fixed(),)), **more
    )


def confirm(polar: Any, till: Till, checkout: Any, card: str = "pm_card_visa", **body: Any) -> Any:
    return polar.checkouts.client_confirm(
        checkout.client_secret, confirmation_token_id=till.token(card), **{**BUYER, **body}
    )


def is_done(checkout: Any) -> bool:
    return Checkout.objects.get(pk=checkout.id).status == "succeeded"


class TestSubscribe:
    def test_charges_now_and_keeps_the_card_for_later(self, polar: Any, till: Till) -> None:
        checkout = polar.checkouts.create(products=[plan(polar).id], metadata={"ref": "a"})
        assert checkout.is_payment_required and checkout.is_payment_setup_required

        confirm(polar, till, checkout)
        till.settle_until(lambda: Order.objects.filter(platform_fee_amount__gt=0).exists())

        [subscription] = polar.subscriptions.list().items
        assert (subscription.status, subscription.amount) == ("active", 1000)
        assert subscription.checkout_id == checkout.id
        assert subscription.metadata == {"ref": "a"}
        [order] = polar.orders.list(checkout_id=checkout.id).items
        assert order.billing_reason == "subscription_create"
        assert order.subscription_id == subscription.id
        assert (order.status, order.total_amount) == ("paid", 1000)
        stored = Order.objects.get()
        row = Subscription.objects.get()
        assert (stored.period_start_at, stored.period_end_at) == (
            row.current_period_start_at,
            row.current_period_end_at,
        )
        method = PaymentMethod.objects.get()
        assert row.payment_method == method
        assert Customer.objects.get().default_payment_method_id == method.pk
        assert not verify_books()

    def test_with_a_declined_card_leaves_nothing_behind(
        self, modern: Any, till: Till, refusals: Any
    ) -> None:
        checkout = modern.checkouts.create(products=[plan(modern).id])
        with pytest.raises(refusals.PaymentError):
            confirm(modern, till, checkout, "pm_card_visa_chargeDeclined")
        till.settle()

        assert Checkout.objects.get().status == "open"
        assert not Subscription.objects.exists()
        assert not PaymentMethod.objects.exists()


class TestTrial:
    def test_saves_the_card_and_charges_nothing(self, polar: Any, till: Till) -> None:
        product = plan(polar, trial_interval="day", trial_interval_count=14)
        checkout = polar.checkouts.create(products=[product.id])
        assert not checkout.is_payment_required
        assert checkout.is_payment_setup_required
        assert checkout.active_trial_interval == "day"

        confirm(polar, till, checkout)
        till.settle_until(lambda: is_done(checkout))

        [subscription] = polar.subscriptions.list().items
        assert subscription.status == "trialing"
        row = Subscription.objects.get()
        assert row.trial_start_at is not None and row.trial_end_at is not None
        assert (row.trial_end_at - row.trial_start_at).days == 14
        assert row.payment_method == PaymentMethod.objects.get()
        assert Customer.objects.get().default_payment_method_id == row.payment_method_id
        [order] = polar.orders.list(checkout_id=checkout.id).items
        assert (order.status, order.total_amount) == ("paid", 0)
        assert [item.amount for item in order.items] == [0]
        assert TrialRedemption.objects.count() == 1
        assert not till.charges(checkout.id)
