"""A change that is paid for at once: made with the payment or not at all, whatever happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from apps.catalog.models import Product
from apps.core.errors import DomainError
from apps.core.origin import Door, Origin, system_origin
from apps.customers.models import Customer
from apps.events.models import Event
from apps.ledger.checks import verify_books
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.models import Order
from apps.orders.selectors import presentable_orders
from apps.payments.errors import PaymentActionRequired, PaymentFailed
from apps.payments.models import ChargeAttempt, Payment
from apps.payments.operations import resume_charge_attempt
from apps.payments.selectors import due_charge_attempt_ids
from apps.processors.errors import ProcessorUnavailable
from apps.subscriptions.errors import SubscriptionLocked
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription
from apps.subscriptions.operations import (
    SubscriptionUpdate,
    cancel_subscription,
    change_product,
    change_seats,
    cycle_subscription,
    discard_pending_update,
    update_subscription,
)
from apps.subscriptions.operations.changing.wishes import RESET_FEATURE
from apps.wallets.operations import adjust_wallet
from apps.wallets.selectors import balance
from tests.support import crashes
from tests.support.drafts import charges_of, is_booked, make_buyer, require_one_charge, save_card
from tests.support.stripesim import stripesim
from tests.support.subscribers import make_plan, make_subscription, seat_price
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]

# Where nothing was asked of the processor.
EARLY = ("before the change is kept", "before its charge is asked for")


def now(days: float = 0) -> Origin:
    origin = system_origin(Door.API)
    return replace(origin, at=origin.at + timedelta(days=days))


@pytest.fixture
def customer(till: Till) -> Customer:
    return make_buyer(till.merchant.organization)


@pytest.fixture
def subscription(till: Till, customer: Customer) -> Subscription:
    """A monthly plan at 20.00 that began some days ago, and a card that works."""
    save_card(till, customer)
    return make_subscription(
        till.merchant.organization, 2000, customer=customer, moment=now(-10).at
    )


@pytest.fixture
def better(subscription: Subscription) -> Product:
    product, _ = make_plan(subscription.organization, 9000, name="Better")
    return product


def change(subscription: Subscription, product: Product, behavior: str = "invoice") -> Subscription:
    return change_product(
        subscription_id=subscription.pk, product_id=product.pk, behavior=behavior, origin=now()
    )


def again(subscription: Subscription) -> Subscription:
    return Subscription.objects.get(pk=subscription.pk)


def order_of(subscription: Subscription) -> Order:
    return Order.objects.get(subscription_id=subscription.pk, status="paid")


def sweep(minutes: int = 5) -> None:
    """What the periodic job does, some minutes from now."""
    origin = now(minutes / 1440)
    for attempt_id in due_charge_attempt_ids(at=origin.at, limit=10):
        resume_charge_attempt(attempt_id=attempt_id, origin=origin)


def require_unchanged(subscription: Subscription, credit: int = 0) -> None:
    """As if nobody had ever wanted anything."""
    row = again(subscription)
    assert (row.product_id, row.amount) == (subscription.product_id, subscription.amount)
    assert row.current_period_end_at == subscription.current_period_end_at
    assert not PendingUpdate.objects.filter(applied_at=None, discarded_at=None).exists()
    assert not BillingEntry.objects.filter(subscription=row).exists()
    assert set(Order.objects.values_list("status", flat=True)) <= {"void"}
    assert not presentable_orders().exists()
    assert not Event.objects.filter(type="subscription.updated").exists()
    assert not Event.objects.filter(type__in=["order.created", "order.voided"]).exists()
    assert balance(row.customer_id, row.currency) == credit
    assert not verify_books()


def require_changed_once(till: Till, subscription: Subscription, product: Product) -> None:
    """The new product, one paid order, one charge, each event once."""
    row = again(subscription)
    assert (row.product_id, row.amount) == (product.pk, 9000)
    order = order_of(subscription)
    till.settle_until(lambda: is_booked(order))
    require_one_charge(till, order)
    assert order.billing_reason == "subscription_update"
    lines = BillingEntry.objects.filter(subscription=row).order_by("id")
    assert [entry.direction for entry in lines] == ["credit", "debit"]
    assert all(entry.order_item and entry.order_item.order_id == order.pk for entry in lines)
    assert PendingUpdate.objects.get().applied_at is not None
    assert Event.objects.filter(type="subscription.updated").count() == 1


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
        assert not verify_books()


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


class TestAtOnce:
    def test_two_changes_make_one_after_the_other_or_refuse(
        self, till: Till, subscription: Subscription, better: Product
    ) -> None:
        outcomes = together(*[lambda: change(subscription, better).product.name] * 3)
        assert outcomes["Better"] >= 1
        assert set(outcomes) <= {"Better", "SubscriptionLocked"}
        orders = Order.objects.filter(subscription_id=subscription.pk, status="paid")
        # Whoever came after changed from the new product to itself, which costs nothing.
        assert sum(order.due_amount for order in orders) == max(o.due_amount for o in orders)
        charges = [charge for order in orders for charge in charges_of(till, order)]
        assert len(charges) == 1
        assert not verify_books()

    def test_a_change_and_a_cycle_bill_every_day_once(
        self, till: Till, customer: Customer, subscription: Subscription, better: Product
    ) -> None:
        start = now(-31).at
        Subscription.objects.filter(pk=subscription.pk).update(
            current_period_start_at=start, current_period_end_at=start + timedelta(days=30)
        )
        outcomes = together(
            lambda: change(subscription, better).product.name,
            lambda: str(
                cycle_subscription(subscription_id=subscription.pk, origin=now()).product_id
            ),
        )
        assert outcomes["Better"] == 1
        # A cycle that met an open payment was put off: the scheduler comes again.
        cycle_subscription(subscription_id=subscription.pk, origin=now())
        row = again(subscription)
        assert row.current_period_start_at == start + timedelta(days=30)
        periods = Order.objects.filter(subscription_id=row.pk, period_start_at__isnull=False)
        assert periods.count() == 1
        billed = BillingEntry.objects.filter(subscription=row, order_item=None)
        assert not billed.exists()

    def test_seats_are_paid_for_once(self, till: Till, customer: Customer) -> None:
        save_card(till, customer)
        plan = make_plan(till.merchant.organization, prices=[seat_price(3000)])
        subscription = make_subscription(
            till.merchant.organization, plan=plan, customer=customer, seats=2, moment=now(-10).at
        )

        def take(seats: int) -> str:
            row = change_seats(
                subscription_id=subscription.pk, seats=seats, behavior="invoice", origin=now()
            )
            return str(row.seats)

        outcomes = together(lambda: take(5), lambda: take(5), lambda: take(5))
        assert outcomes["5"] >= 1
        paid = Order.objects.get(subscription_id=subscription.pk, status="paid")
        assert paid.items.get().label.startswith("Pro: 2 → 5 seats")
        assert len(charges_of(till, paid)) == 1


def together(*verbs: Callable[[], str]) -> Counter[str]:
    """Do all at the same time; how often each outcome came, a refusal by its name."""
    barrier = Barrier(len(verbs))

    def run(verb: Callable[[], str]) -> str:
        try:
            barrier.wait(10)
            return verb()
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return Counter(future.result() for future in [pool.submit(run, verb) for verb in verbs])
