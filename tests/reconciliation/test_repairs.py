"""What was broken on purpose is found, repaired by what was shown, and never twice."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.plans import Plan, PlanChanged, PlanImpossible
from apps.events.models import Event
from apps.ledger.models import Entry
from apps.orders.models import Order
from apps.payments.models import Payment, Refund
from apps.processors.models import InboundEvent
from apps.reconciliation.errors import DiscrepancySettled, RepairImpossible
from apps.reconciliation.models import BalanceTransaction, Discrepancy, EntryLink, Run
from apps.reconciliation.operations import (
    book_difference,
    explain_discrepancy,
    link_entry,
    plan_book_difference,
    plan_link_entry,
    plan_repair,
    repair_discrepancy,
)
from tests.support.damage import change_amounts, lose_entries
from tests.support.payouts import earn
from tests.support.reconciling import compare, later, open_ones, states
from tests.support.refunding import (
    balances_hash,
    held_by,
    lost_payment,
    paid_order,
    refund,
    require_refunded,
    state_of,
)
from tests.support.tills import Till


def the_one() -> Discrepancy:
    return Discrepancy.objects.get(status="open")


def plan_it() -> Plan:
    return plan_repair(discrepancy_id=the_one().pk, origin=later())


def repair(agreed: str | None = None) -> Discrepancy:
    """Repair the open one by its plan; afterwards both sides agree, and it cannot be done again."""
    row = the_one()
    plan = plan_repair(discrepancy_id=row.pk, origin=later())
    known = transfers()
    made = repair_discrepancy(
        discrepancy_id=row.pk, agreed=agreed or plan.fingerprint, origin=later()
    )
    assert made.status == "repaired"
    assert transfers() - known == len(plan.transfers)
    with pytest.raises(DiscrepancySettled):
        repair_discrepancy(discrepancy_id=row.pk, origin=later())
    compare(120)
    assert open_ones() == []
    assert set(states()) == {"matched"}
    return made


def transfers() -> int:
    return sum(entry.transfers.count() for entry in Entry.objects.all())


def refund_unheard(till: Till, order: Order, amount: int) -> Any:
    """A refund made in Stripe's dashboard whose webhooks are lost."""
    charge = Payment.objects.get(order=order).processor_id
    till.sim.control("deliveries/pause", {})
    return till.sim.client().v1.refunds.create({"charge": charge, "amount": amount})


class TestLostRefund:
    def test_is_found_and_imported_with_all_that_follows(self, till: Till) -> None:
        order = paid_order(till)
        there = refund_unheard(till, order, 600)
        compare()
        assert open_ones() == [("missing_here", None, -600)]
        plan = plan_it()
        assert "order.refunded" in plan.events
        assert not Refund.objects.exists()
        made = repair()
        assert made.organization_id == order.organization_id
        assert Refund.objects.get().processor_id == there.id
        assert state_of(order) == ("partially_refunded", 500, 100)
        till.sim.control("deliveries/resume", {})
        till.settle()
        require_refunded(till, order, 600)
        assert Event.objects.filter(type="discrepancy.repaired").count() == 1

    def test_closes_by_itself_when_the_webhook_comes_after_all(self, till: Till) -> None:
        order = paid_order(till)
        refund_unheard(till, order, 600)
        compare()
        row = the_one()
        till.sim.control("deliveries/resume", {})
        till.settle()
        compare(120)
        row.refresh_from_db()
        assert (row.status, open_ones()) == ("closed", [])

    def test_is_no_alarm_while_it_may_be_under_way(self, till: Till) -> None:
        order = paid_order(till)
        refund_unheard(till, order, 600)
        compare(0)
        assert states() == {"matched": 1, "unmatched": 1}
        assert not Discrepancy.objects.exists()

    def test_is_refused_by_another_plan_and_by_the_webhook_before(self, till: Till) -> None:
        order = paid_order(till)
        refund_unheard(till, order, 600)
        compare()
        row, plan = the_one(), plan_it()
        with pytest.raises(PlanChanged):
            repair_discrepancy(discrepancy_id=row.pk, agreed="other", origin=later())
        assert not Refund.objects.exists()
        till.sim.control("deliveries/resume", {})
        till.settle()
        with pytest.raises(PlanChanged):
            repair_discrepancy(discrepancy_id=row.pk, agreed=plan.fingerprint, origin=later())
        require_refunded(till, order, 600)


class TestLostEntries:
    def test_of_a_charge_are_booked_again_to_the_cent(self, till: Till) -> None:
        order = paid_order(till)
        compare()
        sound = balances_hash()
        assert lose_entries(order_id=order.pk) == 4
        compare(70)
        assert [kind for kind, _, _ in open_ones()] == ["missing_here"]
        repair()
        assert balances_hash() == sound

    def test_of_a_refund_are_booked_again_without_being_counted_again(self, till: Till) -> None:
        order = paid_order(till)
        refund(order, 500)
        compare()
        sound = balances_hash()
        assert lose_entries(type__in=["refund", "refund_balance"]) == 2
        compare(70)
        assert open_ones() == [("missing_here", None, -600)]
        repair()
        assert balances_hash() == sound
        assert state_of(order) == ("partially_refunded", 500, 100)

    def test_of_a_refund_that_came_back_are_undone_again(self, till: Till) -> None:
        order = paid_order(till)
        made = refund(order, 500)
        till.sim.control(f"refunds/{made.processor_id}", {"outcome": "fail"})
        till.settle()
        compare()
        sound = balances_hash()
        assert lose_entries(type__in=["refund_reversal", "refund_balance_reversal"]) == 2
        compare(70)
        assert open_ones() == [("missing_here", None, 600)]
        repair()
        assert balances_hash() == sound


class TestLostCharge:
    def test_is_taken_up_as_if_it_had_been_reported(self, till: Till) -> None:
        till.sim.control("deliveries/pause", {})
        charge_unheard(till)
        compare()
        assert open_ones() == [("missing_here", None, 1426)]
        repair()
        payment = Payment.objects.get()
        assert payment.unclaimed_at
        till.sim.control("deliveries/resume", {})
        till.settle()
        compare(130)
        assert open_ones() == []
        assert Entry.objects.filter(payment_id=payment.pk).count() == 2

    def test_of_nobody_we_know_is_left_to_a_person(self, till: Till) -> None:
        charge_unheard(till, organization_id="")
        till.settle()
        compare()
        plan = plan_it()
        assert plan.obstacles == ("The charge names no organization of ours.",)
        with pytest.raises(RepairImpossible):
            repair_discrepancy(discrepancy_id=the_one().pk, origin=later())
        before = held_by(None).get("platform_revenue", 0)
        row = the_one()
        shown = plan_book_difference(discrepancy_id=row.pk, origin=later())
        book_difference(discrepancy_id=row.pk, agreed=shown.fingerprint, origin=later())
        compare(120)
        assert open_ones() == []
        assert held_by(None)["platform_revenue"] - before == 1426


def charge_unheard(till: Till, **metadata: str) -> None:
    named = {"organization_id": str(till.merchant.organization.pk)} | metadata
    till.sim.client().v1.payment_intents.create(
        {
            "amount": 1500,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "capture_method": "automatic",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "metadata": {name: value for name, value in named.items() if value},
        }
    )


class TestChangedMoney:
    def test_is_found_when_it_is_proven_again_and_corrected(self, till: Till) -> None:
        lost_payment(till)
        compare()
        change_amounts(100, type="unclaimed_payment")
        compare(70)
        assert open_ones() == [("different_amount", 1526, 1426)]
        row = the_one()
        book_difference(discrepancy_id=row.pk, origin=later())
        compare(120)
        assert open_ones() == []
        row.refresh_from_db()
        assert row.status == "repaired"

    def test_of_a_payment_and_its_order_is_found_too(self, till: Till) -> None:
        order = paid_order(till)
        compare()
        Payment.objects.filter(order=order).update(amount=2500)
        compare(70)
        assert "Our payment is of $25.00, its entry of $24.00." in the_one().detail
        Payment.objects.filter(order=order).update(amount=2400)
        Order.objects.filter(pk=order.pk).update(net_amount=2100)
        compare(80)
        assert the_one().detail.startswith("The order was to be paid $25.00")
        Order.objects.filter(pk=order.pk).update(net_amount=2000)
        compare(90)
        assert open_ones() == []


class TestExplaining:
    def test_keeps_it_quiet_until_it_changes(self, till: Till) -> None:
        lost_payment(till)
        compare()
        change_amounts(100, type="unclaimed_payment")
        compare(70)
        explain_discrepancy(discrepancy_id=the_one().pk, explanation="A test.", origin=later())
        compare(80)
        assert open_ones() == []
        change_amounts(5, type="unclaimed_payment")
        compare(90)
        assert open_ones() == [("different_amount", 1531, 1426)]


class TestMissingThere:
    def test_is_written_off_where_the_processor_knows_nothing(self, till: Till) -> None:
        earn(till.merchant.organization, 700, at=later(0).at)
        compare()
        assert open_ones() == [("missing_there", 700, None)]
        assert plan_it().obstacles
        row = the_one()
        with pytest.raises(RepairImpossible):
            repair_discrepancy(discrepancy_id=row.pk, origin=later())
        book_difference(discrepancy_id=row.pk, origin=later())
        assert held_by(None)["processor_balance"] == 0
        compare(120)
        assert open_ones() == []

    def test_takes_a_line_that_was_overlooked(self, till: Till) -> None:
        lost_payment(till)
        far = later(600).at
        Run.objects.create(started_at=far, finished_at=far, since_at=far, latest_at=far)
        compare()
        assert [kind for kind, _, _ in open_ones()] == ["missing_there", "missing_there"]
        row = Discrepancy.objects.filter(subject__startswith="unclaimed:").get()
        plan = plan_repair(discrepancy_id=row.pk, origin=later())
        repair_discrepancy(discrepancy_id=row.pk, agreed=plan.fingerprint, origin=later())
        assert (open_ones(), states()) == ([], {"matched": 1})

    def test_is_said_to_be_a_line_by_hand(self, till: Till) -> None:
        till.sim.control("balance", {"amount": 700})
        earn(till.merchant.organization, 700, at=later(0).at)
        compare()
        assert sorted(open_ones(), key=str) == [
            ("missing_here", None, 700),
            ("missing_there", 700, None),
        ]
        here = Discrepancy.objects.get(kind="missing_here")
        there = Discrepancy.objects.get(kind="missing_there")
        plan = plan_link_entry(discrepancy_id=here.pk, reference=there.subject, origin=later())
        link_entry(
            discrepancy_id=here.pk,
            reference=there.subject,
            agreed=plan.fingerprint,
            origin=later(),
        )
        compare(120)
        assert (open_ones(), states()) == ([], {"matched": 1})
        assert EntryLink.objects.get().is_manual

    def test_is_no_other_sum_by_hand(self, till: Till) -> None:
        till.sim.control("balance", {"amount": 800})
        earn(till.merchant.organization, 700, at=later(0).at)
        compare()
        here = Discrepancy.objects.get(kind="missing_here")
        there = Discrepancy.objects.get(kind="missing_there")
        plan = plan_link_entry(discrepancy_id=here.pk, reference=there.subject, origin=later())
        assert plan.obstacles == ("The two sides would still not agree after that.",)
        with pytest.raises(PlanImpossible):
            plan.require(None)
        assert not EntryLink.objects.exists()


class TestBank:
    def test_books_what_went_to_our_own(self, till: Till) -> None:
        till.sim.control("balance", {"amount": 5000, "description": "Opening"})
        till.sim.client().v1.payouts.create({"amount": 3000, "currency": "usd"})
        compare()
        opening = Discrepancy.objects.get(there_amount=5000)
        explain_discrepancy(discrepancy_id=opening.pk, explanation="Opening.", origin=later())
        row = the_one()
        repair_discrepancy(discrepancy_id=row.pk, origin=later())
        assert held_by(None)["bank_balance"] == 3000
        compare(120)
        assert open_ones() == []
        assert BalanceTransaction.objects.get(source_id__startswith="po_").matched_to == "bank"


def test_nothing_of_it_reaches_the_inbox(till: Till) -> None:
    """A comparison only asks: the processor tells nobody of it."""
    lost_payment(till)
    known = InboundEvent.objects.count()
    compare()
    till.settle()
    assert InboundEvent.objects.count() == known
