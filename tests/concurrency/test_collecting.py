"""Renewals collected twice at once, or by processes that die: one charge, one step."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from apps.events.models import Event
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.models import Order
from apps.payments.models import ChargeAttempt, Payment
from apps.payments.operations import (
    RetryWith,
    add_payment_method,
    begin_collection,
    charge_collection,
    collect_order,
    retry_payment_as_customer,
)
from apps.processors import gateway
from apps.processors.errors import PaymentError
from apps.subscriptions.operations.dunning import collect_due_order, retry_due_order
from tests.concurrency.test_sale_races import together
from tests.support import crashes
from tests.support.renewals import DAY, Renewal
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]
pytestmark = pytest.mark.django_db(transaction=True)

FAILING = "pm_card_chargeCustomerFail"
CYCLE = "subscription_cycle"
INTENTS = "/v1/payment_intents$"


def collect(renewal: Renewal, order: Order) -> Callable[[], object]:
    return partial(collect_order, order_id=order.pk, trigger=CYCLE, origin=renewal.origin())


def by_webhooks(renewal: Renewal) -> None:
    renewal.settle()
    renewal.deliver()


def by_sweep(renewal: Renewal) -> None:
    renewal.deliver()
    renewal.wait(minutes=5)


def die(renewal: Renewal, order: Order, point: str) -> None:
    url = renewal.till.sim.url
    code = crashes.run("collect", point, url, order_id=str(order.pk), at=renewal.now.isoformat())
    assert code == crashes.EXIT_CODE


class TestProcessDies:
    @pytest.mark.parametrize("recover", [by_webhooks, by_sweep])
    @pytest.mark.parametrize("point", crashes.COLLECT_POINTS)
    def test_leaves_one_charge(
        self, till: Till, point: str, recover: Callable[[Renewal], None]
    ) -> None:
        if recover is by_sweep:
            till.sim.control("deliveries/pause", {})
        renewal = Renewal.due(till)
        order = renewal.order_only()
        die(renewal, order, point)
        recover(renewal)
        if recover is by_webhooks:
            # Where nothing was asked for, nothing is reported either.
            renewal.wait(minutes=5)

        renewal.require_one_charge(order)
        till.sim.control("deliveries/resume", {})
        renewal.settle()
        renewal.wait(days=3)
        renewal.require_one_charge(order)
        assert renewal.status == "active"
        assert ChargeAttempt.objects.count() == 1

    @pytest.mark.parametrize("recover", [by_webhooks, by_sweep])
    @pytest.mark.parametrize("point", crashes.REFUSAL_POINTS)
    def test_leaves_one_step_of_the_schedule(
        self, till: Till, point: str, recover: Callable[[Renewal], None]
    ) -> None:
        if recover is by_sweep:
            till.sim.control("deliveries/pause", {})
        renewal = Renewal.due(till, FAILING)
        order = renewal.order_only()
        start = renewal.now
        die(renewal, order, point)
        recover(renewal)
        renewal.wait(minutes=5)
        till.sim.control("deliveries/resume", {})
        renewal.settle()

        assert renewal.status == "past_due"
        assert renewal.attempts == [(CYCLE, "failed", "generic_decline")]
        order = renewal.order
        assert order.payment_lock_acquired_at is None
        assert order.next_payment_attempt_at is not None
        assert 2 * DAY <= order.next_payment_attempt_at - start < 2.1 * DAY
        assert Payment.objects.filter(status="failed").count() == 1
        assert Event.objects.filter(type="subscription.past_due").count() == 1


class TestTwoWorkers:
    def test_collect_an_order_once(self, till: Till) -> None:
        renewal = Renewal.due(till)
        order = renewal.order_only()
        results = together(*[collect(renewal, order)] * 4)

        for result in results:
            assert result is None or isinstance(result, ChargeAttempt | PaymentAlreadyInProgress)
        assert ChargeAttempt.objects.count() == 1
        renewal.require_one_charge(order)

    def test_ask_for_the_same_attempt_once(self, till: Till) -> None:
        renewal = Renewal.due(till)
        order = renewal.order_only()
        attempt = begin_collection(order_id=order.pk, trigger=CYCLE, origin=renewal.origin())
        assert attempt is not None
        ask = partial(charge_collection, attempt_id=attempt.pk, origin=renewal.origin())
        results = together(ask, ask, renewal.settle)
        assert not [result for result in results if isinstance(result, Exception)]
        renewal.sweep()
        renewal.require_one_charge(order)

    def test_take_up_a_due_order_once(self, till: Till) -> None:
        renewal = Renewal.due(till, FAILING)
        order = renewal.renew()
        renewal.now += 2 * DAY
        take = partial(retry_due_order, order_id=order.pk, origin=renewal.origin())
        assert sorted(map(bool, together(take, take, take))) == [False, False, True]
        assert ChargeAttempt.objects.filter(status="open").count() == 1


class TestWebhookBeforeTheCommit:
    @pytest.mark.parametrize("card", ["pm_card_visa", FAILING])
    def test_is_the_one_that_counts(
        self, till: Till, monkeypatch: pytest.MonkeyPatch, card: str
    ) -> None:
        renewal = Renewal.due(till, card)
        order = renewal.order_only()
        real = gateway.charge_off_session

        def overtaken(**request: Any) -> gateway.Intent:
            try:
                intent = real(**request)
            except PaymentError:
                till.settle()
                raise
            till.settle()
            return intent

        monkeypatch.setattr(gateway, "charge_off_session", overtaken)
        renewal.work(collect(renewal, order))
        if card == FAILING:
            assert renewal.status == "past_due"
            assert Payment.objects.count() == 1
            assert renewal.events("order.payment_failed") == {"order.payment_failed": 1}
        else:
            renewal.require_one_charge(order)


class TestCardUpdateDuringARetry:
    def add(self, renewal: Renewal) -> None:
        renewal.work(
            partial(
                add_payment_method,
                customer_id=renewal.customer.pk,
                confirmation_token_id=renewal.till.token(),
                is_default=True,
                return_url="http://127.0.0.1/",
                origin=renewal.origin(),
            )
        )

    def test_charges_the_new_card_when_the_old_one_has_failed(
        self, till: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        renewal = Renewal.due(till, FAILING)
        order = renewal.renew()
        renewal.now += 2 * DAY
        asked, named = threading.Event(), threading.Event()
        real = gateway.charge_off_session

        def slow(**request: Any) -> gateway.Intent:
            if not asked.is_set():
                asked.set()
                assert named.wait(20)
            return real(**request)

        monkeypatch.setattr(gateway, "charge_off_session", slow)

        def name_a_card() -> None:
            assert asked.wait(20)
            self.add(renewal)
            named.set()

        retry = partial(collect_due_order, order_id=order.pk, origin=renewal.origin())
        results = together(lambda: renewal.work(retry), name_a_card)
        assert results == [None, None]

        assert [row[:2] for row in renewal.attempts] == [
            (CYCLE, "failed"),
            ("retry_dunning", "failed"),
            ("retry_payment_method_update", "succeeded"),
        ]
        renewal.require_one_charge(order)
        assert renewal.status == "active"

    def test_charges_one_card_where_both_would_do(self, till: Till) -> None:
        renewal = Renewal.due(till)
        renewal.decline_next()
        order = renewal.renew()
        renewal.now += 2 * DAY
        retry = partial(collect_due_order, order_id=order.pk, origin=renewal.origin())
        together(lambda: renewal.work(retry), lambda: self.add(renewal))
        renewal.deliver()
        renewal.sweep()
        renewal.require_one_charge(order)
        assert renewal.status == "active"


class TestCustomerAndSchedule:
    def test_pay_once(self, till: Till) -> None:
        renewal = Renewal.due(till)
        renewal.decline_next()
        order = renewal.renew()
        renewal.now += 2 * DAY
        by_hand = partial(
            retry_payment_as_customer,
            order_id=order.pk,
            chosen=RetryWith(
                confirmation_token_id=till.token(), return_url="http://127.0.0.1/portal"
            ),
            origin=renewal.origin(),
        )
        retry = partial(collect_due_order, order_id=order.pk, origin=renewal.origin())
        together(retry, by_hand)
        renewal.settle()
        renewal.require_one_charge(order)
