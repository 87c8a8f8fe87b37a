"""Refunds at once, by processes that die, and told before we know: nothing goes back twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from apps.events.models import Event
from apps.orders.models import Order
from apps.payments.errors import RefundInProgress
from apps.payments.models import Refund
from apps.payments.operations import refund_order, resume_refund
from apps.payments.operations.refunds.recording import record_refund, with_settlement
from apps.payments.selectors import due_refund_ids
from apps.processors.gateway.refunds import read_refund
from tests.support import crashes
from tests.support.refunding import (
    asked,
    paid_order,
    refunds_at_stripe,
    require_refunded,
    state_of,
    wanted,
)
from tests.support.stripesim import stripesim
from tests.support.threads import together
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]

# Before anything was asked for: nothing is left to find out.
EARLY = "before the refund is written"


@pytest.fixture
def order(till: Till) -> Order:
    return paid_order(till)


def sweep(minutes: int = 5) -> None:
    origin = asked(minutes)
    for refund_id in due_refund_ids(at=origin.at, limit=9):
        resume_refund(refund_id=refund_id, origin=origin)


def attempt(order: Order, amount: int) -> Any:
    return lambda: refund_order(order_id=order.pk, data=wanted(amount), origin=asked())


class TestTwoAtOnce:
    def test_of_more_than_half_make_one(self, till: Till, order: Order) -> None:
        results = together(*(attempt(order, 1200) for _ in range(4)))
        made = [one for one in results if isinstance(one, Refund)]
        assert len(made) == 1
        kinds = Counter(type(one).__name__ for one in results if not isinstance(one, Refund))
        assert set(kinds) <= {"RefundAmountTooHigh", "RefundInProgress"}
        till.settle()
        require_refunded(till, order, 1440)

    def test_of_a_part_never_exceed_the_order(self, till: Till, order: Order) -> None:
        for _ in range(3):
            results = together(*(attempt(order, 700) for _ in range(3)))
            unexpected = [
                one
                for one in results
                if not isinstance(one, Refund)
                and type(one).__name__ not in ("RefundAmountTooHigh", "RefundInProgress")
            ]
            assert unexpected == []
        assert state_of(order)[1] == 1400
        require_refunded(till, order, 840, 840)


class TestReportsAtOnce:
    def test_of_one_refund_count_it_once(self, till: Till, order: Order) -> None:
        """The answer of the call and its webhooks, all at the same moment."""
        till.sim.control("deliveries/pause", {})
        rule = {"kind": "drop_after", "method": "POST", "path": "/v1/refunds$", "count": 9}
        till.sim.control("faults", rule)
        with pytest.raises(RefundInProgress):
            attempt(order, 500)()
        till.sim.control("faults", method="DELETE")
        [there] = refunds_at_stripe(till, order)
        facts = with_settlement(read_refund(there.id))
        results = together(*(lambda: record_refund(facts=facts, origin=asked()) for _ in range(4)))
        assert {one.status for one in results} == {"succeeded"}
        assert Event.objects.filter(type="refund.created").count() == 1
        require_refunded(till, order, 600)

    def test_of_one_made_there_import_it_once(self, till: Till, order: Order) -> None:
        till.sim.control("deliveries/pause", {})
        charge = order.payments.get().processor_id
        there = till.sim.client().v1.refunds.create({"charge": charge, "amount": 600})
        facts = with_settlement(read_refund(there.id))
        together(*(lambda: record_refund(facts=facts, origin=asked()) for _ in range(4)))
        assert Event.objects.filter(type="refund.created").count() == 1
        require_refunded(till, order, 600)


class TestProcessDies:
    @pytest.mark.parametrize("recover", ["webhooks", "sweep"])
    @pytest.mark.parametrize("point", crashes.REFUND_POINTS)
    def test_gives_back_once(self, till: Till, order: Order, point: str, recover: str) -> None:
        if recover == "sweep":
            till.sim.control("deliveries/pause", {})
        code = crashes.run("refund", point, till.sim.url, order_id=str(order.pk), amount=500)
        assert code == crashes.EXIT_CODE

        if recover == "sweep":
            sweep()
        else:
            till.settle()
            # What the processor never heard of it cannot report.
            sweep()
        if point == EARLY:
            assert not Refund.objects.exists()
            attempt(order, 500)()
        require_refunded(till, order, 600)
        till.sim.control("deliveries/resume", {})
        till.settle()
        require_refunded(till, order, 600)
        assert Event.objects.filter(type="order.refunded").count() == 1
