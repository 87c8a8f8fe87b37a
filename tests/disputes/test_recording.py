"""What becomes of a dispute that Stripe tells of, whatever it tells and in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.disputes.models import Dispute, EarlyFraudWarning
from apps.disputes.operations import record_dispute
from apps.ledger.models import Entry
from apps.ledger.operations import set_fee_terms
from apps.ledger.plans import FeePlan
from apps.ledger.selectors import FeeTerms
from apps.orders.models import Order
from apps.payments.errors import RefundDisputedPayment
from apps.payments.models import Payment, Refund
from apps.payments.operations import plan_refund_order, return_payment
from apps.processors.gateway.disputes import read_dispute
from apps.processors.models import InboundEvent
from apps.processors.operations import replay_inbound_event
from tests.support.disputing import (
    charge_of,
    decide,
    dispute_at_stripe,
    disputed,
    money,
    require_sound,
    told,
)
from tests.support.refunding import asked, held_by, lost_payment, paid_order, refund, wanted
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]

FEE = 1500


@pytest.fixture
def order(till: Till) -> Order:
    return paid_order(till)


class TestOpened:
    def test_keeps_the_merchants_part_and_loses_nothing_yet(self, till: Till, order: Order) -> None:
        before = money(order)["merchant_balance"]
        dispute = disputed(till, order)
        assert (dispute.status, dispute.amount, dispute.tax_amount) == ("needs_response", 2000, 400)
        assert (dispute.reason, dispute.network_reason_code) == ("fraudulent", "10.4")
        assert dispute.evidence_due_at is not None
        assert dispute.customer_id == order.customer_id
        assert money(order) == {
            "merchant_balance": before - 2000 - FEE,
            "dispute_holds": 2000,
            "contested_payments": 2400,
        }
        assert told("dispute.opened") == 1
        assert told("balance.dispute") == 1
        require_sound(order, "paid", 0, 0)

    def test_of_a_part_takes_its_share_of_tax(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order, amount=600)
        assert (dispute.amount, dispute.tax_amount) == (500, 100)
        decide(till, dispute, "lost")
        require_sound(order, "partially_refunded", 500, 100)

    def test_an_inquiry_takes_nothing_and_may_be_refunded(self, till: Till, order: Order) -> None:
        before = money(order)
        dispute = disputed(till, order, inquiry=True)
        assert (dispute.status, dispute.is_inquiry) == ("needs_response", True)
        assert money(order) == before
        refund(order, 500)
        decide(till, dispute, "lost")
        assert (dispute.status, dispute.withdrawn_at) == ("prevented", None)
        assert not Refund.objects.filter(reason="dispute_prevention").exists()
        require_sound(order, "partially_refunded", 500, 100)

    def test_an_inquiry_that_escalates_takes_the_money(self, till: Till, order: Order) -> None:
        dispute = decide(till, disputed(till, order, inquiry=True), "escalate")
        assert (dispute.status, dispute.is_inquiry) == ("needs_response", False)
        assert money(order)["contested_payments"] == 2400
        with pytest.raises(RefundDisputedPayment):
            refund(order)

    def test_is_not_passed_on_for_money_without_an_order(self, till: Till) -> None:
        payment = lost_payment(till)
        made = till.sim.control("disputes", {"charge": payment.processor_id})
        till.settle()
        dispute = Dispute.objects.get(processor_id=made["id"])
        with pytest.raises(RefundDisputedPayment):
            return_payment(payment_id=payment.pk, source="staff", origin=asked())
        assert held_by(payment.organization_id)["dispute_holds"] == 1500
        decide(till, dispute, "lost")
        assert set(held_by(payment.organization_id).values()) == {0}


class TestDecided:
    def test_lost_the_money_is_gone_for_everyone(self, till: Till, order: Order) -> None:
        tax = held_by(None)["tax_liability"]
        dispute = disputed(till, order)
        kept = money(order)["merchant_balance"]
        decide(till, dispute, "lost")
        assert dispute.status == "lost"
        assert dispute.closed_at is not None
        assert money(order) == {"merchant_balance": kept}
        assert held_by(None)["tax_liability"] == tax - 400
        assert told("dispute.lost") == 1
        require_sound(order, "refunded", 2000, 400)

    def test_won_only_the_fee_is_gone(self, till: Till, order: Order) -> None:
        before = money(order)["merchant_balance"]
        decide(till, disputed(till, order), "won")
        assert money(order) == {"merchant_balance": before - FEE}
        assert told("dispute.won") == 1
        assert told("balance.dispute_reversal") == 1
        require_sound(order, "paid", 0, 0)
        # Whether it may be refunded by now is for the processor to say.
        assert plan_refund_order(order_id=order.pk, data=wanted(), origin=asked())

    def test_after_a_refund_takes_no_more_than_is_left(self, till: Till, order: Order) -> None:
        refund(order, 1500)
        kept = money(order)["merchant_balance"]
        dispute = disputed(till, order, amount=2400)
        assert money(order)["dispute_holds"] == 500
        assert money(order)["merchant_balance"] == kept - 500 - FEE
        decide(till, dispute, "lost")
        assert money(order) == {"merchant_balance": kept - 500 - FEE}
        require_sound(order, "refunded", 2000, 400)


class TestToldAnyhow:
    def test_out_of_order_and_twice(self, till: Till, order: Order) -> None:
        till.sim.control("deliveries/pause", {})
        made = dispute_at_stripe(till, order)
        till.sim.control(f"disputes/{made}", {"outcome": "won"})
        till.sim.control("deliveries/shuffle", {"on": True})
        till.sim.control("deliveries/duplicate", {"copies": 2})
        till.sim.control("deliveries/resume", {})
        till.settle()
        dispute = Dispute.objects.get()
        assert dispute.status == "won"
        assert (told("dispute.opened"), told("dispute.won")) == (1, 1)
        for event in InboundEvent.objects.filter(type__startswith="charge.dispute"):
            replay_inbound_event(event_id=event.pk, origin=asked())
        till.settle()
        assert (told("dispute.opened"), told("dispute.won")) == (1, 1)
        assert Entry.objects.filter(type="dispute").count() == 1
        require_sound(order, "paid", 0, 0)

    def test_before_its_payment_is_known(self, till: Till, order: Order) -> None:
        payment = Payment.objects.get(order=order)
        charge = payment.processor_id
        Payment.objects.filter(pk=payment.pk).update(processor_id="ch_elsewhere")
        till.sim.control("disputes", {"charge": charge})
        till.settle()
        assert not Dispute.objects.exists()
        waiting = InboundEvent.objects.filter(type="charge.dispute.created")
        assert waiting.get().status == InboundEvent.Status.RECEIVED
        Payment.objects.filter(pk=payment.pk).update(processor_id=charge)
        till.settle()
        assert Dispute.objects.get().payment_id == payment.pk

    def test_of_a_charge_that_is_not_ours_is_let_be(self, till: Till) -> None:
        intent = till.sim.client().v1.payment_intents.create(
            {
                "amount": 900,
                "currency": "usd",
                "payment_method": "pm_card_visa",
                "confirm": True,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            }
        )
        till.sim.control("disputes", {"charge": intent.latest_charge})
        till.settle()
        assert not Dispute.objects.exists()
        assert not InboundEvent.objects.exclude(status__in=("handled", "ignored")).exists()


class TestRapidResolution:
    @pytest.mark.parametrize("status", ["lost", "prevented"])
    def test_is_a_refund_and_no_dispute(self, till: Till, order: Order, status: str) -> None:
        kept = money(order)["merchant_balance"]
        dispute = disputed(till, order, rapid_resolution=True, status=status)
        assert (dispute.status, dispute.is_rapid_resolution) == ("prevented", True)
        refund = Refund.objects.get()
        assert (refund.reason, refund.status) == ("dispute_prevention", "succeeded")
        assert (refund.dispute_id, refund.revoke_benefits) == (dispute.pk, True)
        assert refund.processor_id == dispute.processor_id
        assert money(order) == {"merchant_balance": kept - 2000}
        assert (told("dispute.prevented"), told("order.refunded")) == (1, 1)
        require_sound(order, "refunded", 2000, 400)

    def test_again_makes_no_second_refund(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order, rapid_resolution=True)
        for _ in range(2):
            facts = read_dispute(dispute.processor_id or "")
            record_dispute(facts=facts, origin=asked())
        assert Refund.objects.count() == 1
        assert told("dispute.prevented") == 1

    def test_that_did_not_hold_reopens_the_dispute(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order, rapid_resolution=True)
        told_now = read_dispute(dispute.processor_id or "")
        record_dispute(facts=replace(told_now, status="needs_response"), origin=asked())
        dispute.refresh_from_db()
        assert (dispute.status, dispute.closed_at) == ("needs_response", None)
        assert Refund.objects.get().status == "failed"
        assert money(order)["contested_payments"] == 2400
        require_sound(order, "paid", 0, 0)
        with pytest.raises(RefundDisputedPayment):
            refund(order)
        record_dispute(facts=told_now, origin=asked())
        dispute.refresh_from_db()
        assert dispute.status == "prevented"
        assert sorted(Refund.objects.values_list("status", flat=True)) == ["failed", "succeeded"]
        require_sound(order, "refunded", 2000, 400)


class TestFraudWarning:
    def test_is_kept_once_and_charged_by_the_terms(self, till: Till, order: Order) -> None:
        rates = FeePlan(bps=500, fixed_amount=50, fraud_warning_amount=25)
        set_fee_terms(
            organization_id=order.organization_id,
            terms=FeeTerms("own", rates, True),
            origin=asked(),
        )
        kept = money(order)["merchant_balance"]
        till.sim.control("early_fraud_warnings", {"charge": charge_of(order)})
        till.settle()
        warning = EarlyFraudWarning.objects.get()
        assert (warning.fraud_type, warning.is_actionable) == ("made_with_stolen_card", True)
        for event in InboundEvent.objects.filter(type__startswith="radar."):
            replay_inbound_event(event_id=event.pk, origin=asked())
        refund(order)
        till.settle()
        warning.refresh_from_db()
        assert not warning.is_actionable
        assert told("fraud_warning.received") == 1
        assert money(order)["merchant_balance"] == kept - 2000 - 25

    def test_costs_nothing_by_default(self, till: Till, order: Order) -> None:
        kept = money(order)
        till.sim.control("early_fraud_warnings", {"charge": charge_of(order)})
        till.settle()
        assert EarlyFraudWarning.objects.count() == 1
        assert money(order) == kept
