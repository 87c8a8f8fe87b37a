"""A repair, the webhook that brings the same, and runs at once: everything is written once."""

from __future__ import annotations

from typing import Any

import pytest

from apps.orders.models import Order
from apps.payments.models import Payment, Refund
from apps.processors.operations import handle_inbound_event
from apps.reconciliation.models import BalanceTransaction, Discrepancy, EntryLink, Run
from apps.reconciliation.operations import is_caught_up, reconcile, repair_discrepancy
from tests.support.reconciling import compare, later, open_ones, states
from tests.support.refunding import lost_payment, paid_order, require_refunded
from tests.support.stripesim import StripeSim, stripesim
from tests.support.threads import together
from tests.support.tills import Till, provider, till

__all__ = ["stripesim", "till"]


@pytest.fixture(autouse=True)
def fresh_statement(stripesim: StripeSim) -> None:
    """A statement without the lines of other tests."""
    stripesim.control("reset", {})


@pytest.fixture
def order(till: Till) -> Order:
    """Paid, and 6.00 of it refunded in Stripe's dashboard, of which nothing was heard."""
    made = paid_order(till)
    charge = Payment.objects.get(order=made).processor_id
    till.sim.control("deliveries/pause", {})
    till.sim.client().v1.refunds.create({"charge": charge, "amount": 600})
    compare()
    return made


def repair() -> Any:
    row = Discrepancy.objects.get()
    return lambda: repair_discrepancy(discrepancy_id=row.pk, origin=later())


class TestRepair:
    def test_by_two_at_once_is_done_by_one(self, till: Till, order: Order) -> None:
        results = together(*(repair() for _ in range(3)))
        done = [one for one in results if isinstance(one, Discrepancy)]
        others = {type(one).__name__ for one in results if not isinstance(one, Discrepancy)}
        assert len(done) == 1
        assert others == {"DiscrepancySettled"}
        require_refunded(till, order, 600)

    def test_beside_the_webhook_of_the_same_counts_it_once(self, till: Till, order: Order) -> None:
        till.sim.control("deliveries/resume", {})
        till.deliver()
        works = [repair()]
        for event in till.open_events():
            works.append(lambda pk=event.pk: handle_inbound_event(event_id=pk, origin=provider()))
        results = together(*works)
        assert isinstance(results[0], Discrepancy), results[0]
        till.settle()
        require_refunded(till, order, 600)
        assert Refund.objects.count() == 1
        compare(120)
        assert (open_ones(), states()) == ([], {"matched": 2})


class TestRuns:
    def test_at_once_keep_each_line_once(self, till: Till) -> None:
        for _ in range(4):
            lost_payment(till)

        def run() -> Run:
            while True:
                made = reconcile(origin=later())
                if is_caught_up(made):
                    return made

        results = together(*(run for _ in range(3)))
        assert all(isinstance(one, Run) for one in results), results
        assert BalanceTransaction.objects.count() == 4
        assert EntryLink.objects.count() == 8
        assert (open_ones(), states()) == ([], {"matched": 4})
