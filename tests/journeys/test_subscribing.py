"""Subscriptions from outside: the SDK opens a checkout, the buyer pays or starts a trial."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from apps.checkouts.models import Checkout
from apps.customers.models import Customer
from apps.discounts.models import Redemption
from apps.orders.models import Order
from apps.payments.models import PaymentMethod
from apps.subscriptions.models import Subscription, TrialRedemption
from tests.support.books import broken_books
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
def errors(version: str) -> Any:
    return import_module(f"polar.v{version.replace('-', '_')}.errors")


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
        assert not broken_books()

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

    def test_of_the_checkout_wins_and_can_be_given_up(self, modern: Any, till: Till) -> None:
        product = plan(modern, trial_interval="month", trial_interval_count=1)
        checkout = modern.checkouts.create(
            products=[product.id], trial_interval="day", trial_interval_count=7
        )
        assert (checkout.trial_interval, checkout.active_trial_interval_count) == ("day", 7)

        without = modern.checkouts.client_update(checkout.client_secret, allow_trial=False)

        assert (without.active_trial_interval, without.trial_end) == (None, None)
        assert without.is_payment_required


class TestDiscount:
    def test_takes_its_share_off_every_price(self, polar: Any, till: Till, errors: Any) -> None:
        polar.discounts.create(
            name="Launch", type="percentage", basis_points=1000, duration="once", code="LAUNCH"
        )
        checkout = polar.checkouts.create(
            products=[plan(polar, fixed(1000), per_seat(333)).id], seats=3
        )
        assert (checkout.amount, checkout.seats) == (1999, 3)
        assert len(checkout.prices[checkout.product_id]) == 2
        with pytest.raises(errors.HTTPValidationError) as refusal:
            polar.checkouts.client_update(checkout.client_secret, discount_code="NOTHING")
        assert refusal.value.error.detail[0].loc == ["body", "discount_code"]

        changed = polar.checkouts.client_update(checkout.client_secret, discount_code=" launch ")
        assert (changed.discount.name, changed.discount_amount) == ("Launch", 200)
        confirm(polar, till, checkout)
        till.settle_until(lambda: is_done(checkout))

        order = Order.objects.get()
        assert (order.discount_amount, order.net_amount, order.seats) == (200, 1799, 3)
        nets = [item.net_amount for item in order.items.order_by("position")]
        assert sum(nets) == 1799 and nets == [900, 899]
        subscription = Subscription.objects.get()
        assert (subscription.amount, subscription.seats) == (1799, 3)
        redemption = Redemption.objects.get()
        assert redemption.subscription_id == subscription.pk
        assert Customer.objects.get().type == "team"

    def test_of_the_merchant_stays_where_no_codes_are_taken(
        self, modern: Any, till: Till, refusals: Any
    ) -> None:
        discount = modern.discounts.create(
            name="Deal", type="fixed", amounts={"usd": 300}, duration="forever"
        )
        checkout = modern.checkouts.create(
            products=[plan(modern).id], discount_id=discount.id, allow_discount_codes=False
        )
        assert (checkout.discount_id, checkout.total_amount) == (discount.id, 700)

        kept = modern.checkouts.client_update(checkout.client_secret, discount_code=None)
        assert kept.discount_id == discount.id
        with pytest.raises(refusals.HTTPValidationError):
            modern.checkouts.client_update(checkout.client_secret, discount_code="OTHER")

    def test_of_another_product_does_not_apply(
        self, modern: Any, till: Till, refusals: Any
    ) -> None:
        other = plan(modern)
        discount = modern.discounts.create(
            name="Deal",
            type="percentage",
            basis_points=1000,
            duration="once",
            products=[other.id],
        )
        with pytest.raises(refusals.HTTPValidationError) as refusal:
            modern.checkouts.create(products=[plan(modern).id], discount_id=discount.id)
        assert refusal.value.error.detail[0].loc == ["body", "discount_id"]

    def test_of_everything_at_first_saves_the_card(self, modern: Any, till: Till) -> None:
        discount = modern.discounts.create(
            name="Gift", type="percentage", basis_points=10_000, duration="once"
        )
        checkout = modern.checkouts.create(products=[plan(modern).id], discount_id=discount.id)
        assert (checkout.is_payment_required, checkout.is_payment_setup_required) == (False, True)
        confirm(modern, till, checkout)
        till.settle_until(lambda: is_done(checkout))

        assert Subscription.objects.get().status == "active"
        assert (Order.objects.get().status, Order.objects.get().total_amount) == ("paid", 0)
        assert PaymentMethod.objects.count() == 1


class TestQuantities:
    def test_stay_within_what_is_offered(self, modern: Any, till: Till, refusals: Any) -> None:
        product = plan(modern, per_seat())
        checkout = modern.checkouts.create(products=[product.id], min_seats=2, max_seats=5)
        assert (checkout.seats, checkout.amount) == (2, 1000)
        for seats in (1, 6):
            with pytest.raises(refusals.HTTPValidationError) as refusal:
                modern.checkouts.client_update(checkout.client_secret, seats=seats)
            assert refusal.value.error.detail[0].loc == ["body", "seats"]
        assert modern.checkouts.client_update(checkout.client_secret, seats=5).amount == 2500

    def test_need_a_price_for_them(self, modern: Any, till: Till, refusals: Any) -> None:
        with pytest.raises(refusals.HTTPValidationError):
            modern.checkouts.create(products=[plan(modern).id], units=3)


class TestUpgrade:
    def test_takes_the_place_of_a_free_subscription(self, modern: Any, till: Till) -> None:
        customer = modern.customers.create(email=BUYER["customer_email"])
        free = plan(modern, {"amount_type": "fixed", "price_amount": 0, "price_currency": "usd"})
        before = modern.subscriptions.create(product_id=free.id, customer_id=customer.id)
        checkout = modern.checkouts.create(
            products=[plan(modern).id], subscription_id=before.id, metadata={"plan": "paid"}
        )
        assert (checkout.customer_id, checkout.subscription_id) == (customer.id, before.id)
        confirm(modern, till, checkout)
        till.settle_until(lambda: is_done(checkout))

        [after] = modern.subscriptions.list().items
        assert (after.id, after.amount, after.metadata) == (before.id, 1000, {"plan": "paid"})
        assert Order.objects.get().subscription_id == Subscription.objects.get().pk

    def test_of_a_paid_one_is_refused(self, modern: Any, till: Till, refusals: Any) -> None:
        checkout = modern.checkouts.create(products=[plan(modern).id])
        confirm(modern, till, checkout)
        till.settle_until(lambda: is_done(checkout))
        [paid] = modern.subscriptions.list().items

        with pytest.raises(refusals.HTTPValidationError) as refusal:
            modern.checkouts.create(products=[plan(modern).id], subscription_id=paid.id)
        assert refusal.value.error.detail[0].loc == ["body", "subscription_id"]


class TestAdHocPrices:
    def test_of_a_plan_are_what_the_subscriber_keeps(self, modern: Any, till: Till) -> None:
        product = plan(modern)
        checkout = modern.checkouts.create(
            products=[product.id], prices={product.id: [fixed(4200)]}, external_customer_id="u_1"
        )
        confirm(modern, till, checkout)
        till.settle_until(lambda: is_done(checkout))

        assert Subscription.objects.get().amount == 4200
        assert Customer.objects.get().external_id == "u_1"
