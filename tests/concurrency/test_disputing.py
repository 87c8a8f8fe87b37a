"""Disputes told at once, against refunds, and by processes that die: the money goes once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from apps.core.origin import Door, Origin, system_origin
from apps.disputes.models import Dispute
from apps.disputes.operations import accept_dispute, resume_acceptance, take_dispute
from apps.disputes.selectors import open_acceptance_ids
from apps.ledger.models import Entry
from apps.orders.locks import lock_order
from apps.orders.models import Order
from apps.payments.models import Refund
from apps.payments.operations import refund_order
from apps.payments.operations.refunds.refunding import begin_refund
from apps.processors.operations import handle_inbound_event
from tests.support import crashes
from tests.support.disputing import (
    charge_of,
    decide,
    dispute_at_stripe,
    disputed,
    money,
    require_sound,
    told,
)
from tests.support.refunding import asked, paid_order, state_of, wanted
from tests.support.stripesim import stripesim
from tests.support.threads import together
from tests.support.tills import Till, provider, till

__all__ = ["stripesim", "till"]


@pytest.fixture
def order(till: Till) -> Order:
    return paid_order(till)


def later(minutes: int = 5) -> Origin:
    origin = system_origin(Door.TASK)
    return replace(origin, at=origin.at + timedelta(minutes=minutes))


def take(till: Till, order: Order, dispute_id: str) -> Any:
    return lambda: take_dispute(processor_id=dispute_id, charge_id=charge_of(order), origin=asked())


class TestToldAtOnce:
    def test_is_one_dispute(self, till: Till, order: Order) -> None:
        till.sim.control("deliveries/pause", {})
        made = dispute_at_stripe(till, order)
        found = together(*(take(till, order, made) for _ in range(4)))
        assert {type(one).__name__ for one in found} == {"Dispute"}
        assert Dispute.objects.count() == 1
        assert (told("dispute.opened"), told("balance.dispute")) == (1, 1)
        require_sound(order, "paid", 0, 0)

    def test_of_its_end_too(self, till: Till, order: Order) -> None:
        made = disputed(till, order)
        till.sim.control("deliveries/pause", {})
        till.sim.control(f"disputes/{made.processor_id}", {"outcome": "lost"})
        together(*(take(till, order, made.processor_id or "") for _ in range(4)))
        assert told("dispute.lost") == 1
        require_sound(order, "refunded", 2000, 400)

    def test_by_messages_that_two_workers_handle(self, till: Till, order: Order) -> None:
        till.sim.control("deliveries/pause", {})
        made = dispute_at_stripe(till, order)
        till.sim.control(f"disputes/{made}", {"outcome": "won"})
        till.sim.control("deliveries/resume", {})
        till.deliver()
        events = [one.pk for one in till.open_events()]
        assert len(events) >= 3

        def handle(pk: Any) -> Any:
            return lambda: handle_inbound_event(event_id=pk, origin=provider())

        together(*(handle(pk) for pk in events))
        till.settle()
        assert Dispute.objects.get().status == "won"
        assert (told("dispute.opened"), told("dispute.won")) == (1, 1)
        require_sound(order, "paid", 0, 0)


class TestAgainstRefund:
    def test_the_money_goes_once(self, till: Till, order: Order) -> None:
        """Whoever comes first at Stripe has it; the other finds that out."""
        till.sim.control("deliveries/pause", {})

        def contest() -> Any:
            made = dispute_at_stripe(till, order)
            return take(till, order, made)()

        def give() -> Any:
            return refund_order(order_id=order.pk, data=wanted(), origin=asked())

        together(contest, give)
        till.sim.control("deliveries/resume", {})
        till.settle()
        for dispute in Dispute.objects.all():
            decide(till, dispute, "lost")
        refunded = Refund.objects.filter(status="succeeded").count()
        lost = Dispute.objects.filter(status="lost").count()
        assert refunded + lost == 1
        require_sound(order, "refunded", 2000, 400)
        assert "dispute_holds" not in money(order)

    def test_is_refused_while_it_is_open_and_after(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order)
        results = together(
            *(
                (lambda: refund_order(order_id=order.pk, data=wanted(), origin=asked()))
                for _ in range(3)
            )
        )
        assert {type(one).__name__ for one in results} == {"RefundDisputedPayment"}
        assert not Refund.objects.exists()
        decide(till, dispute, "lost")
        [result] = together(lambda: refund_order(order_id=order.pk, data=wanted(), origin=asked()))
        assert type(result).__name__ == "RefundedAlready"
        require_sound(order, "refunded", 2000, 400)

    def test_of_all_that_was_refunded_costs_the_merchant_nothing_more(
        self, till: Till, order: Order
    ) -> None:
        refund_order(order_id=order.pk, data=wanted(), origin=asked())
        kept = money(order).get("merchant_balance", 0)
        dispute = disputed(till, order, amount=2400)
        decide(till, dispute, "lost")
        assert money(order)["merchant_balance"] == kept - 1500
        require_sound(order, "refunded", 2000, 400)


class TestLock:
    def test_is_one_for_refunds_and_disputes(self, till: Till, order: Order) -> None:
        """Each waits for whoever holds the order; neither looks before it has it."""
        till.sim.control("deliveries/pause", {})
        made = dispute_at_stripe(till, order)

        def impatient(work: Any) -> Any:
            def run() -> Any:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '300ms'")
                    return work()

            return run

        refunding = partial(begin_refund, order.pk, wanted(), None, asked())
        with transaction.atomic():
            lock_order(order.pk)
            results = together(impatient(take(till, order, made)), impatient(refunding))
        assert [type(one) for one in results] == [OperationalError, OperationalError]
        assert not Dispute.objects.exists()
        assert not Refund.objects.exists()
        assert take(till, order, made)().status == "needs_response"


class TestAcceptedAtOnce:
    def test_is_lost_once(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order)
        together(
            *((lambda: accept_dispute(dispute_id=dispute.pk, origin=asked())) for _ in range(4))
        )
        till.settle()
        assert (told("dispute.accepting"), told("dispute.lost")) == (1, 1)
        require_sound(order, "refunded", 2000, 400)


class TestProcessDies:
    @pytest.mark.parametrize("recover", ["webhooks", "sweep"])
    @pytest.mark.parametrize("point", crashes.ACCEPT_POINTS)
    def test_concedes_once(self, till: Till, order: Order, point: str, recover: str) -> None:
        dispute = disputed(till, order)
        if recover == "sweep":
            till.sim.control("deliveries/pause", {})
        code = crashes.run("accept", point, till.sim.url, dispute_id=str(dispute.pk))
        assert code == crashes.EXIT_CODE
        if recover == "webhooks":
            till.settle()
        # What the processor never heard of it cannot report.
        at = later()
        for dispute_id in open_acceptance_ids(at=at.at, limit=9):
            resume_acceptance(dispute_id=dispute_id, origin=at)
        if point == "before the acceptance is written":
            assert state_of(order) == ("paid", 0, 0)
            accept_dispute(dispute_id=dispute.pk, origin=asked())
        require_sound(order, "refunded", 2000, 400)
        till.sim.control("deliveries/resume", {})
        till.settle()
        assert (told("dispute.accepted"), told("dispute.lost")) == (1, 1)
        assert Entry.objects.filter(type="dispute_loss").count() == 1
        require_sound(order, "refunded", 2000, 400)

    @pytest.mark.parametrize("point", crashes.DISPUTE_POINTS)
    def test_books_it_once(self, till: Till, order: Order, point: str) -> None:
        dispute_at_stripe(till, order)
        till.deliver()
        assert crashes.run("handle", point, till.sim.url) == crashes.EXIT_CODE
        till.settle()
        assert Entry.objects.filter(type="dispute").count() == 1
        assert told("dispute.opened") == 1
        assert Dispute.objects.get().status == "needs_response"
        require_sound(order, "paid", 0, 0)
