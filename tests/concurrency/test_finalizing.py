"""A draft finalized twice at once, or by processes that die or lose their answers: one charge."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from apps.core.origin import Door, Origin, system_origin
from apps.customers.models import Customer
from apps.events.models import Event
from apps.orders.errors import OrderNotDraft, PaymentAlreadyInProgress
from apps.orders.models import Order
from apps.orders.operations import release_stale_payment_locks, void_order
from apps.payments.errors import PaymentFailed
from apps.payments.models import ChargeAttempt, Payment
from apps.payments.operations import finalize_order, resume_charge_attempt
from apps.payments.selectors import due_charge_attempt_ids
from apps.payments.tasks import resume_charge_attempts_task
from apps.processors.errors import ProcessorUnavailable
from tests.support import crashes
from tests.support.drafts import (
    allow_off_session,
    charges_of,
    is_booked,
    make_buyer,
    make_draft,
    require_one_charge,
    save_card,
)
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]

LATE = (
    "after the charge is asked for",
    "before the intent commits",
    "before the answer is booked",
    "before the payment commits",
)


@pytest.fixture
def customer(till: Till) -> Customer:
    allow_off_session(till.merchant.organization)
    return make_buyer(till.merchant.organization)


@pytest.fixture
def draft(till: Till, customer: Customer) -> Order:
    save_card(till, customer)
    return make_draft(till.merchant.organization, customer)


def later(minutes: int = 5) -> Origin:
    origin = system_origin(Door.TASK)
    return replace(origin, at=origin.at + timedelta(minutes=minutes))


def sweep(minutes: int = 5) -> None:
    """What the periodic job does, some minutes from now."""
    origin = later(minutes)
    for attempt_id in due_charge_attempt_ids(at=origin.at, limit=10):
        resume_charge_attempt(attempt_id=attempt_id, origin=origin)


def finalize(order: Order) -> Order:
    return finalize_order(order_id=order.pk, origin=system_origin(Door.API))


def status_of(order: Order) -> str:
    return Order.objects.get(pk=order.pk).status


class TestTwoAtOnce:
    def test_charge_once_and_tell_the_loser(self, till: Till, draft: Order) -> None:
        together = Barrier(4)

        def attempt() -> str:
            try:
                together.wait(10)
                return finalize(draft).status
            except OrderNotDraft as error:
                return error.code
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            outcomes = Counter(future.result() for future in [pool.submit(attempt) for _ in "1234"])

        assert outcomes == {"paid": 1, "OrderNotDraft": 3}
        till.settle_until(lambda: is_booked(draft))
        require_one_charge(till, draft)


class TestProcessDies:
    @pytest.mark.parametrize("recover", ["webhooks", "sweep"])
    @pytest.mark.parametrize("point", crashes.FINALIZE_POINTS)
    def test_leaves_one_charge(self, till: Till, draft: Order, point: str, recover: str) -> None:
        if recover == "sweep":
            till.sim.control("deliveries/pause", {})
        code = crashes.run("finalize", point, till.sim.url, order_id=str(draft.pk))
        assert code == crashes.EXIT_CODE

        if point == "before the claim commits":
            assert status_of(draft) == "draft"
            finalize(draft)
        else:
            with pytest.raises(OrderNotDraft):
                finalize(draft)
        if recover == "sweep" or point not in LATE:
            # Where nothing was asked for, nothing is reported either: the sweep has to ask.
            sweep()
            assert status_of(draft) == "paid"

        till.sim.control("deliveries/resume", {})
        till.settle_until(lambda: is_booked(draft))
        sweep(10)
        require_one_charge(till, draft)


class TestLostAnswer:
    @pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500", "503"])
    def test_blocks_every_other_try_until_the_outcome_is_known(
        self, till: Till, draft: Order, kind: str
    ) -> None:
        till.sim.control("deliveries/pause", {})
        rule = {"kind": kind, "method": "POST", "path": "/v1/payment_intents$", "count": 1}
        till.sim.control("faults", rule)

        with pytest.raises(PaymentAlreadyInProgress):
            finalize(draft)
        assert status_of(draft) == "pending"
        with pytest.raises(OrderNotDraft):
            finalize(draft)
        with pytest.raises(PaymentAlreadyInProgress):
            void_order(order_id=draft.pk, origin=later())
        sweep()
        assert status_of(draft) == "paid"

        till.sim.control("deliveries/resume", {})
        till.settle_until(lambda: is_booked(draft))
        require_one_charge(till, draft)

    def test_of_a_decline_makes_it_a_draft_again(self, till: Till, customer: Customer) -> None:
        save_card(till, customer, "pm_card_chargeCustomerFail")
        order = make_draft(till.merchant.organization, customer)
        till.sim.control("faults", {"kind": "drop_after", "path": "/v1/payment_intents$"})
        with pytest.raises(PaymentAlreadyInProgress):
            finalize(order)
        sweep()

        assert status_of(order) == "draft"
        assert ChargeAttempt.objects.get().status == "failed"
        with pytest.raises(PaymentFailed):
            finalize(order)
        till.settle_until(lambda: Payment.objects.filter(status="failed").count() == 2)
        assert status_of(order) == "draft"
        assert not charges_of(till, order)

    def test_keeps_the_lock_fresh_however_long_it_takes(self, till: Till, draft: Order) -> None:
        till.sim.control("deliveries/pause", {})
        rule = {"kind": "drop_after", "method": "POST", "path": "/v1/payment_intents$", "count": 9}
        till.sim.control("faults", rule)
        with pytest.raises(PaymentAlreadyInProgress):
            finalize(draft)
        for minutes in (10, 40, 70):
            with pytest.raises(PaymentAlreadyInProgress):
                sweep(minutes)
        assert release_stale_payment_locks(origin=later(90)) == 0
        till.sim.control("faults", method="DELETE")

        # Past the life of the key it is not asked again: that could charge twice.
        for minutes in (24 * 60, 48 * 60):
            sweep(minutes)
            assert status_of(draft) == "pending"
        assert Event.objects.filter(type="order.outcome_unknown").count() == 1
        release_stale_payment_locks(origin=later(72 * 60))
        with pytest.raises(PaymentAlreadyInProgress):
            void_order(order_id=draft.pk, origin=later())
        till.sim.control("deliveries/resume", {})
        till.settle_until(lambda: is_booked(draft))
        require_one_charge(till, draft)

    def test_is_taken_up_by_the_periodic_job(self, till: Till, draft: Order) -> None:
        till.sim.control("faults", {"kind": "drop_before", "path": "/v1/payment_intents$"})
        with pytest.raises(PaymentAlreadyInProgress):
            finalize(draft)
        resume_charge_attempts_task()
        assert status_of(draft) == "pending"
        ChargeAttempt.objects.update(next_check_at=draft.created_at)
        resume_charge_attempts_task()
        assert status_of(draft) == "paid"


class TestNoAnswer:
    def test_where_nothing_was_sent_leaves_a_draft(self, till: Till, draft: Order) -> None:
        rule = {"kind": "429", "method": "POST", "path": "/v1/payment_intents$"}
        till.sim.control("faults", rule)
        with pytest.raises(ProcessorUnavailable):
            finalize(draft)
        assert status_of(draft) == "draft"

        assert finalize(draft).status == "paid"
        till.settle_until(lambda: is_booked(draft))
        require_one_charge(till, draft)

    def test_to_anything_after_the_charge_is_not_needed(self, till: Till, draft: Order) -> None:
        till.sim.control("deliveries/pause", {})
        till.sim.control("faults", {"kind": "503", "method": "GET", "path": "/v1/", "count": 9})
        assert finalize(draft).status == "paid"
        till.sim.control("faults", method="DELETE")

        assert is_booked(draft)
        require_one_charge(till, draft)


class TestDuplicateAndShuffledWebhooks:
    def test_change_nothing(self, till: Till, draft: Order) -> None:
        till.sim.control("deliveries/shuffle", {"on": True})
        till.sim.control("deliveries/duplicate", {"copies": 3})
        finalize(draft)
        till.settle_until(lambda: is_booked(draft))
        till.settle()
        require_one_charge(till, draft)
