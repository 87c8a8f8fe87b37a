"""Subscriptions at the till, inside: what saved cards and late money come to, and time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from apps.catalog.inputs import PriceInput, ProductInput
from apps.catalog.models import Price
from apps.catalog.operations import create_product
from apps.checkouts.errors import OutdatedCheckoutIntent
from apps.checkouts.models import Checkout
from apps.checkouts.operations import (
    NewCheckout,
    confirm_checkout,
    create_checkout,
    expire_checkouts,
    handle_failure,
    handle_success,
    resume_checkout,
    update_checkout,
)
from apps.checkouts.operations.guarding import take_what_is_limited
from apps.core.timers import timers
from apps.discounts.models import Discount, Redemption
from apps.discounts.operations import DiscountInput, create_discount
from apps.events.models import Event
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import PaymentMethod
from apps.processors.gateway import Intent, MethodFacts
from apps.subscriptions.errors import AlreadyActiveSubscriptionError
from apps.subscriptions.models import Subscription, TrialRedemption
from tests.checkouts.test_foreign_payments import buyer_of, paid
from tests.checkouts.test_operations import ORIGIN, later
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db


def make_plan_checkout(
    organization: Organization | None = None, amount: int = 2000, **values: Any
) -> Checkout:
    merchant = organization or make_organization()
    product = create_product(
        organization=merchant,
        data=ProductInput(
            name="Pro",
            recurring_interval="month",
            recurring_interval_count=1,
            prices=[PriceInput(kind="fixed", currency="usd", fixed_amount=amount)],
        ),
        origin=ORIGIN,
    )
    data = NewCheckout(product_ids=[product.pk], **values)
    return create_checkout(organization=merchant, data=data, origin=ORIGIN)


def confirmed(checkout: Checkout, kind: str) -> Checkout:
    """As it is while the processor decides."""
    customer = buyer_of(checkout.organization, "ada@example.com")
    customer.processor_customer_id = "cus_1"
    customer.save()
    checkout.customer, checkout.customer_email = customer, "ada@example.com"
    checkout.status, checkout.confirmed_at, checkout.attempt_count = "confirmed", ORIGIN.at, 1
    checkout.tax_amount, checkout.tax_behavior = 0, "exclusive"
    checkout.intent_request, checkout.intent_kind = {"metadata": {}}, kind
    checkout.intent_id = "seti_1" if kind == "setup" else "pi_1"
    take_what_is_limited(checkout, "card", ORIGIN)
    checkout.save()
    return checkout


def trial_under_way() -> Checkout:
    trial = {"trial_interval": "day", "trial_interval_count": 14}
    return confirmed(make_plan_checkout(details=trial), "setup")


def setup_of(checkout: Checkout, **values: Any) -> Intent:
    facts: dict[str, Any] = {
        "id": "seti_1",
        "kind": "setup",
        "client_secret": "seti_1_secret",
        "status": "succeeded",
        "customer_id": "cus_1",
        "method": MethodFacts(processor_id="pm_1", type="card", fingerprint="card"),
        "metadata": {"checkout_id": str(checkout.pk), "checkout_attempt": "1"},
    }
    return Intent(**(facts | values))


def succeed(checkout: Checkout, setup: Intent, **span: float) -> Order:
    return handle_success(checkout_id=checkout.pk, payment=None, setup=setup, origin=later(**span))


class TestSavedCard:
    def test_begins_the_trial_when_it_is_saved(self) -> None:
        checkout = trial_under_way()
        orders = {succeed(checkout, setup_of(checkout), hours=6) for _ in range(2)}

        assert len(orders) == 1
        subscription = Subscription.objects.get()
        assert subscription.trial_end_at == later(hours=6).at + timedelta(days=14)
        assert subscription.payment_method == PaymentMethod.objects.get()
        assert TrialRedemption.objects.count() == 1

    @pytest.mark.parametrize(
        "values",
        [
            {"id": "seti_2"},
            {"customer_id": "cus_2"},
            {"status": "requires_action"},
        ],
    )
    def test_of_something_else_begins_nothing(self, values: dict[str, Any]) -> None:
        checkout = trial_under_way()
        with pytest.raises(OutdatedCheckoutIntent):
            succeed(checkout, setup_of(checkout, **values))
        assert not Subscription.objects.exists()

    def test_before_its_answer_is_known_by_its_attempt(self) -> None:
        checkout = trial_under_way()
        Checkout.objects.filter(pk=checkout.pk).update(intent_id=None)
        old = setup_of(checkout, metadata={"checkout_id": str(checkout.pk)})
        with pytest.raises(OutdatedCheckoutIntent):
            succeed(checkout, old)

        succeed(checkout, setup_of(checkout))
        assert Subscription.objects.get().status == "trialing"

    @pytest.mark.parametrize("is_expired", [False, True])
    def test_is_worth_nothing_to_a_checkout_that_is_open_or_over(self, is_expired: bool) -> None:
        checkout = trial_under_way()
        handle_failure(checkout_id=checkout.pk, attempt=1, message="No.", origin=ORIGIN)
        if is_expired:
            assert expire_checkouts(origin=later(hours=25)) == 1
        with pytest.raises(OutdatedCheckoutIntent):
            succeed(checkout, setup_of(checkout))


class TestDiscountUse:
    def discounted(self, **limits: Any) -> Checkout:
        merchant = make_organization()
        discount = create_discount(
            organization=merchant,
            data=DiscountInput(
                name="Sale", type="percentage", basis_points=1000, duration="once", **limits
            ),
            origin=ORIGIN,
        )
        checkout = make_plan_checkout(merchant, details={"discount_id": discount.pk})
        return confirmed(checkout, "payment")

    def test_is_given_back_and_taken_again_by_late_money(self) -> None:
        checkout = self.discounted()
        customer = checkout.customer
        handle_failure(checkout_id=checkout.pk, attempt=1, message="No.", origin=ORIGIN)
        assert (Redemption.objects.count(), Discount.objects.get().redemptions_count) == (0, 0)
        payment = paid(checkout, customer=customer, intent_id="pi_1", amount=1800)

        handle_success(checkout_id=checkout.pk, payment=payment, attempt=1, origin=later(hours=1))

        subscription = Subscription.objects.get()
        assert Redemption.objects.get().subscription_id == subscription.pk
        assert (subscription.amount, Order.objects.get().total_amount) == (1800, 1800)

    def test_over_its_limit_does_not_keep_what_was_paid(self) -> None:
        checkout = self.discounted(max_redemptions=1)
        handle_failure(checkout_id=checkout.pk, attempt=1, message="No.", origin=ORIGIN)
        Discount.objects.update(redemptions_count=1)
        payment = paid(checkout, intent_id="pi_1", amount=1800)

        handle_success(checkout_id=checkout.pk, payment=payment, attempt=1, origin=ORIGIN)

        assert Subscription.objects.get().discount == Discount.objects.get()
        assert not Redemption.objects.exists()


class TestPrices:
    def test_archived_while_the_buyer_pays_are_served(self) -> None:
        checkout = confirmed(make_plan_checkout(), "payment")
        Price.objects.update(archived_at=ORIGIN.at)
        payment = paid(checkout, intent_id="pi_1")

        handle_success(checkout_id=checkout.pk, payment=payment, attempt=1, origin=ORIGIN)

        assert Subscription.objects.get().amount == 2000

    def test_of_nothing_begin_without_a_card(self) -> None:
        checkout = make_plan_checkout(amount=0)
        confirm_checkout(
            checkout_id=checkout.pk,
            changes={"customer_email": "ada@example.com"},
            confirmation_token_id=None,
            origin=ORIGIN,
        )
        resume_checkout(checkout_id=checkout.pk, origin=ORIGIN)

        subscription = Subscription.objects.get()
        assert (subscription.status, subscription.payment_method) == ("active", None)
        assert Order.objects.get().subscription_id == subscription.pk

    def test_inclusive_tax_is_taken_out_of_what_recurs(self) -> None:
        checkout = confirmed(make_plan_checkout(), "payment")
        Checkout.objects.filter(pk=checkout.pk).update(
            tax_amount=400, tax_behavior="inclusive", net_amount=1600
        )
        payment = paid(checkout, intent_id="pi_1")
        handle_success(checkout_id=checkout.pk, payment=payment, attempt=1, origin=ORIGIN)

        subscription = Subscription.objects.get()
        assert (subscription.amount, subscription.net_amount) == (2000, 1600)
        assert subscription.tax_behavior == "inclusive"


def test_one_subscription_a_customer_even_before_it_is_made() -> None:
    first = make_plan_checkout(amount=0)
    second = make_plan_checkout(first.organization, amount=0)
    buyer = {"customer_email": "ada@example.com"}
    for checkout in (first, second):
        arguments: dict[str, Any] = {"changes": buyer, "confirmation_token_id": None}
        if checkout is first:
            confirm_checkout(checkout_id=checkout.pk, origin=ORIGIN, **arguments)
            continue
        with pytest.raises(AlreadyActiveSubscriptionError):
            confirm_checkout(checkout_id=checkout.pk, origin=ORIGIN, **arguments)


class TestTime:
    def test_of_the_trial_is_counted_from_the_last_change(self) -> None:
        trial = {"trial_interval": "day", "trial_interval_count": 7}
        checkout = make_plan_checkout(details=trial)
        assert checkout.trial_end_at == ORIGIN.at + timedelta(days=7)
        changed = update_checkout(checkout_id=checkout.pk, changes={}, origin=later(hours=2))
        assert changed.trial_end_at == later(hours=2).at + timedelta(days=7)

    def test_of_a_test_clock_expires_only_its_own(self) -> None:
        checkout = make_plan_checkout()
        other = make_plan_checkout()
        Organization.objects.filter(pk=checkout.organization_id).update(
            clock_offset=timedelta(days=2)
        )
        assert expire_checkouts(origin=ORIGIN) == 1
        other.refresh_from_db()
        assert other.status == "open"
        event = Event.objects.get(type="checkout.expired")
        assert event.at == ORIGIN.at + timedelta(days=2)

    def test_machine_closes_what_is_over(self) -> None:
        checkout = make_plan_checkout()
        [timer] = [one for one in timers() if one.name == "checkouts.expire"]
        assert list(timer.due(checkout.organization_id, later(hours=23).at)) == []
        [due] = timer.due(checkout.organization_id, later(hours=25).at)
        assert (due.at, due.subject_id) == (checkout.expires_at, checkout.pk)

        timer.run(checkout.pk, replace(ORIGIN, at=due.at - timedelta(seconds=1)))
        assert Checkout.objects.get().status == "open"
        timer.run(checkout.pk, replace(ORIGIN, at=due.at))
        assert Checkout.objects.get().status == "expired"
