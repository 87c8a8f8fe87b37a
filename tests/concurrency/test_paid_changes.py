"""A change that is paid for at once: made with the payment, or not at all."""

from __future__ import annotations

import pytest

from apps.catalog.models import Product
from apps.core.errors import DomainError
from apps.customers.models import Customer
from apps.events.models import Event
from apps.orders.models import Order
from apps.payments.errors import PaymentActionRequired, PaymentFailed
from apps.payments.models import ChargeAttempt
from apps.processors.errors import ProcessorUnavailable
from apps.subscriptions.models import BillingEntry, Subscription
from apps.wallets.operations import adjust_wallet
from apps.wallets.selectors import balance
from tests.support.books import broken_books
from tests.support.drafts import charges_of, save_card
from tests.support.paid_changes import (
    better,
    change,
    customer,
    now,
    order_of,
    require_changed_once,
    require_unchanged,
    subscription,
)
from tests.support.stripesim import stripesim
from tests.support.subscribers import make_plan, make_subscription
from tests.support.tills import Till, till

__all__ = ["better", "customer", "stripesim", "subscription", "till"]


class TestPaidChange:
    def test_is_made_with_the_payment(
        self, till: Till, subscription: Subscription, better: Product
    ) -> None:
        changed = change(subscription, better)
        assert (changed.product_id, changed.amount) == (better.pk, 9000)
        require_changed_once(till, subscription, better)
        told = Event.objects.filter(type__in=["order.created", "order.paid"]).order_by("id")
        assert [event.type for event in told] == ["order.created", "order.paid"]

    def test_takes_along_what_waits_and_uses_credit(
        self, till: Till, subscription: Subscription, better: Product
    ) -> None:
        small, _ = make_plan(subscription.organization, 3000, name="Small")
        change(subscription, small, "prorate")
        adjust_wallet(
            customer=subscription.customer, currency="usd", amount=100, note="Sorry", origin=now()
        )
        change(subscription, better)
        order = order_of(subscription)
        assert order.items.count() == 4
        assert order.applied_balance_amount == -100
        [charge] = charges_of(till, order)
        assert charge.amount == order.total_amount - 100 == order.due_amount

    def test_of_an_interval_begins_a_period_even_when_prorated(
        self, till: Till, subscription: Subscription
    ) -> None:
        yearly, _ = make_plan(subscription.organization, 20_000, interval="year")
        changed = change(subscription, yearly, "prorate")
        assert changed.recurring_interval == "year"
        assert changed.current_period_end_at > now(360).at
        order = order_of(subscription)
        assert order.period_start_at == changed.current_period_start_at
        assert changed.anchor_day == changed.current_period_start_at.day

    def test_that_leaves_too_little_to_charge_is_made_at_once(
        self, till: Till, subscription: Subscription
    ) -> None:
        dearer, _ = make_plan(subscription.organization, 2010, name="Dearer")
        changed = change(subscription, dearer)
        assert changed.product_id == dearer.pk
        order = order_of(subscription)
        assert 0 < order.due_amount < 50
        assert balance(subscription.customer_id, "usd") == -order.due_amount
        assert not ChargeAttempt.objects.exists()

    def test_to_less_gives_credit_at_once(self, till: Till, subscription: Subscription) -> None:
        cheap, _ = make_plan(subscription.organization, 1000, name="Cheap")
        assert change(subscription, cheap).product_id == cheap.pk
        order = order_of(subscription)
        assert order.total_amount < 0
        assert balance(subscription.customer_id, "usd") == -order.total_amount
        assert not broken_books()


class TestRefusedPayment:
    @pytest.mark.parametrize(
        ("card", "error"),
        [
            ("pm_card_chargeCustomerFail", PaymentFailed),
            ("pm_card_authenticationRequired", PaymentActionRequired),
        ],
    )
    def test_leaves_everything_as_it_was(
        self,
        till: Till,
        customer: Customer,
        subscription: Subscription,
        better: Product,
        card: str,
        error: type[DomainError],
    ) -> None:
        adjust_wallet(customer=customer, currency="usd", amount=70, note="Sorry", origin=now())
        method = save_card(till, customer, card)
        Subscription.objects.filter(pk=subscription.pk).update(payment_method=method)
        with pytest.raises(error) as refusal:
            change(subscription, better)
        assert refusal.value.status == 402
        require_unchanged(subscription, credit=70)
        till.settle()
        require_unchanged(subscription, credit=70)

        Subscription.objects.filter(pk=subscription.pk).update(payment_method=None)
        assert change(subscription, better).product_id == better.pk

    def test_has_earlier_prorations_wait_on(
        self, till: Till, customer: Customer, subscription: Subscription, better: Product
    ) -> None:
        small, _ = make_plan(subscription.organization, 3000, name="Small")
        change(subscription, small, "prorate")
        method = save_card(till, customer, "pm_card_chargeCustomerFail")
        Subscription.objects.filter(pk=subscription.pk).update(payment_method=method)
        with pytest.raises(PaymentFailed):
            change(subscription, better)
        waiting = BillingEntry.objects.filter(subscription=subscription)
        assert waiting.filter(order_item=None).count() == waiting.count() == 2

    def test_without_a_method_is_refused_before_anything_is_kept(
        self, till: Till, customer: Customer
    ) -> None:
        subscription = make_subscription(
            till.merchant.organization, 2000, customer=customer, moment=now(-10).at
        )
        product, _ = make_plan(subscription.organization, 9000)
        with pytest.raises(PaymentFailed):
            change(subscription, product)
        require_unchanged(subscription)
        assert not Order.objects.exists()

    def test_where_the_processor_is_not_reached_changes_nothing(
        self, till: Till, subscription: Subscription, better: Product
    ) -> None:
        rule = {"kind": "429", "method": "POST", "path": "/v1/payment_intents$"}
        till.sim.control("faults", rule)
        with pytest.raises(ProcessorUnavailable):
            change(subscription, better)
        require_unchanged(subscription)
        assert change(subscription, better).product_id == better.pk
