"""What banks take back agrees with the statement, also when nothing was heard of it."""

from __future__ import annotations

import pytest

from apps.disputes.models import Dispute
from apps.payments.models import Payment
from apps.reconciliation.errors import DiscrepancySettled
from apps.reconciliation.models import BalanceTransaction, Discrepancy
from apps.reconciliation.operations import plan_repair, repair_discrepancy
from tests.support.books import broken_books
from tests.support.damage import lose_entries
from tests.support.reconciling import compare, later, open_ones, states
from tests.support.refunding import balances_hash, paid_order
from tests.support.tills import Till


def contest(till: Till, **how: object) -> str:
    """A dispute of the one payment that there is."""
    charge = Payment.objects.get().processor_id
    made = till.sim.control("disputes", {"charge": charge, **how})
    return str(made["id"])


def repair_all() -> None:
    for row in Discrepancy.objects.filter(status="open").order_by("happened_at", "pk"):
        plan = plan_repair(discrepancy_id=row.pk, origin=later())
        assert not plan.obstacles
        repair_discrepancy(discrepancy_id=row.pk, agreed=plan.fingerprint, origin=later())
        with pytest.raises(DiscrepancySettled):
            repair_discrepancy(discrepancy_id=row.pk, origin=later())


class TestAgreement:
    @pytest.mark.parametrize("outcome", ["won", "lost", None])
    def test_is_found_whatever_becomes_of_it(self, till: Till, outcome: str | None) -> None:
        paid_order(till)
        dispute = contest(till)
        till.settle()
        if outcome:
            till.sim.control(f"disputes/{dispute}", {"outcome": outcome})
            till.settle()
        compare()
        assert open_ones() == []
        assert set(states()) == {"matched"}
        lines = BalanceTransaction.objects.filter(matched_to="dispute")
        assert lines.count() == (2 if outcome == "won" else 1)

    def test_is_found_for_one_that_the_network_has_settled(self, till: Till) -> None:
        paid_order(till)
        contest(till, rapid_resolution=True)
        till.settle()
        assert Dispute.objects.get().status == "prevented"
        compare()
        assert open_ones() == []


class TestLostDispute:
    @pytest.mark.parametrize("outcome", ["won", "lost", None])
    def test_is_imported_as_it_stands_by_now(self, till: Till, outcome: str | None) -> None:
        paid_order(till)
        till.sim.control("deliveries/pause", {})
        dispute = contest(till)
        if outcome:
            till.sim.control(f"disputes/{dispute}", {"outcome": outcome})
        compare()
        assert ("missing_here", None, -3900) in open_ones()
        repair_all()
        assert Dispute.objects.get().status == (outcome or "needs_response")
        till.sim.control("deliveries/resume", {})
        till.settle()
        compare(120)
        assert (open_ones(), set(states())) == ([], {"matched"})
        assert Dispute.objects.count() == 1
        assert not broken_books()

    def test_has_its_entries_booked_again(self, till: Till) -> None:
        paid_order(till)
        contest(till)
        till.settle()
        compare()
        sound = balances_hash()
        assert lose_entries(details__dispute_id=str(Dispute.objects.get().pk)) >= 3
        compare(70)
        assert open_ones() == [("missing_here", None, -3900)]
        repair_all()
        compare(120)
        assert open_ones() == []
        assert balances_hash() == sound
