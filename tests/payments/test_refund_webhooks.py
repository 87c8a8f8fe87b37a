"""What the processor tells of refunds: its own, late ones, and those that come back."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.errors import InvalidTransition
from apps.core.plans import PlanChanged
from apps.events.models import Event
from apps.ledger.models import Entry
from apps.orders.models import Order
from apps.orders.refunds import RefundAmountTooHigh
from apps.payments.models import Payment, Refund
from apps.payments.operations import (
    credit_refund,
    dismiss_refund,
    plan_credit_refund,
    plan_retry_refund,
    refund_order,
    resume_refund,
    retry_refund,
)
from apps.payments.selectors import due_refund_ids
from apps.processors.models import InboundEvent
from apps.processors.operations import handle_inbound_event, replay_inbound_event
from apps.wallets.operations import adjust_wallet
from apps.wallets.selectors import balance
from tests.support.books import broken_books
from tests.support.refunding import (
    asked,
    balances_hash,
    customer_of,
    held_by,
    paid_order,
    refund,
    refunds_at_stripe,
    require_refunded,
    state_of,
    wanted,
)
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]


def told(kind: str) -> int:
    return Event.objects.filter(type=kind).count()


def refund_at_stripe(till: Till, order: Order, **params: Any) -> Any:
    """What somebody does in Stripe's dashboard."""
    charge = Payment.objects.get(order=order).processor_id
    return till.sim.client().v1.refunds.create({"charge": charge, **params})  # type: ignore[typeddict-item]


def fail(till: Till, made: Refund) -> None:
    """The bank sends the money back."""
    till.sim.control(f"refunds/{made.processor_id}", {"outcome": "fail"})
    till.settle()
    made.refresh_from_db()


class TestMadeAtTheProcessor:
    def test_are_imported_with_their_share_of_tax(self, till: Till) -> None:
        order = paid_order(till)
        there = refund_at_stripe(till, order, amount=600, reason="duplicate")
        till.settle()
        made = Refund.objects.get()
        assert (made.processor_id, made.source, made.reason) == (there.id, "processor", "duplicate")
        assert (made.amount, made.tax_amount) == (500, 100)
        assert state_of(order) == ("partially_refunded", 500, 100)
        refund_at_stripe(till, order)
        till.settle()
        assert state_of(order) == ("refunded", 2000, 400)
        assert told("refund.created") == 2
        require_refunded(till, order, 600, 1800)

    def test_wait_for_their_payment_to_be_booked(self, till: Till) -> None:
        order = paid_order(till)
        Payment.objects.update(booked_at=None)
        refund_at_stripe(till, order)
        till.deliver()
        early = InboundEvent.objects.get(type="refund.created")
        handle_inbound_event(event_id=early.pk, origin=asked())
        assert not Refund.objects.exists()
        early.refresh_from_db()
        assert early.last_error.startswith("NotYet")
        till.settle_until(lambda: Refund.objects.exists())
        require_refunded(till, order, 2400)

    def test_of_charges_of_others_are_none_of_ours(self, till: Till) -> None:
        stripe = till.sim.client()
        intent = stripe.v1.payment_intents.create(
            {
                "amount": 999,
                "currency": "usd",
                "payment_method": "pm_card_visa",
                "confirm": True,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            }
        )
        stripe.v1.refunds.create({"payment_intent": intent.id})
        till.settle()
        assert not till.open_events()
        assert not Refund.objects.exists()


class TestThatTakeTime:
    def test_change_nothing_until_they_succeed_but_block_what_they_promise(
        self, till: Till
    ) -> None:
        order = paid_order(till, card="pm_card_pendingRefund")
        made = refund(order, 1500)
        assert made.status == "pending"
        assert state_of(order) == ("paid", 0, 0)
        with pytest.raises(RefundAmountTooHigh):
            refund(order, 501)
        till.sim.control("clock/advance", {"seconds": 120})
        till.settle()
        assert state_of(order) == ("partially_refunded", 1500, 300)
        assert (told("refund.created"), told("refund.updated")) == (1, 1)
        require_refunded(till, order, 1800)

    def test_are_asked_after_when_nothing_is_told(self, till: Till) -> None:
        order = paid_order(till, card="pm_card_pendingRefund")
        refund(order)
        till.sim.control("deliveries/pause", {})
        till.sim.control("clock/advance", {"seconds": 120})
        origin = asked(90)
        [due] = due_refund_ids(at=origin.at, limit=9)
        resume_refund(refund_id=due, origin=origin)
        require_refunded(till, order, 2400)

    def test_that_fail_leave_no_trace_in_the_books(self, till: Till) -> None:
        order = paid_order(till, card="pm_card_pendingRefund")
        before = held_by(order.organization_id)
        made = refund(order)
        fail(till, made)
        assert (made.status, state_of(order)) == ("failed", ("paid", 0, 0))
        assert made.attention_at is not None
        assert held_by(order.organization_id) == {**before, "refund_holds": 0}
        # What was kept for it meanwhile is given back.
        kept = Entry.objects.filter(type__contains="refund").order_by("pk")
        assert [one.type for one in kept] == ["refund_hold", "refund_hold_reversal"]


class TestThatComeBack:
    @pytest.fixture
    def order(self, till: Till) -> Order:
        """Of a customer with 5.00 of credit."""
        order = paid_order(till)
        adjust_wallet(
            customer=customer_of(order), currency="usd", amount=500, note="x", origin=asked()
        )
        return order

    def test_restore_books_order_and_balance_exactly(self, till: Till, order: Order) -> None:
        refund(order, 700)
        adjust_wallet(
            customer=customer_of(order), currency="usd", amount=300, note="x", origin=asked()
        )
        before = (state_of(order), balances_hash(), 300)
        made = refund(order, 500)
        assert balance(order.customer_id, "usd") == 0
        fail(till, made)

        assert made.status == "failed"
        assert made.failure_reason == "card_expired"
        assert (state_of(order), balances_hash(), balance(order.customer_id, "usd")) == before
        assert (told("refund.came_back"), told("balance.refund_reversal")) == (1, 1)
        assert Event.objects.filter(payload__failed_refund_id=str(made.pk)).count() == 1
        require_refunded(till, order, 840)

    def test_return_an_order_to_paid(self, till: Till, order: Order) -> None:
        made = refund(order)
        assert state_of(order)[0] == "refunded"
        fail(till, made)
        assert state_of(order) == ("paid", 0, 0)
        assert balance(order.customer_id, "usd") == 500
        # Told again, and late: nothing happens twice.
        for event in InboundEvent.objects.filter(type__startswith="refund."):
            replay_inbound_event(event_id=event.pk, origin=asked())
            handle_inbound_event(event_id=event.pk, origin=asked())
        assert state_of(order) == ("paid", 0, 0)
        assert not broken_books()

    def test_are_tried_again_with_one_click(self, till: Till, order: Order) -> None:
        made = refund(order, 500)
        fail(till, made)
        plan = plan_retry_refund(refund_id=made.pk, origin=asked())
        assert plan.money[0].amount == 600
        again = retry_refund(refund_id=made.pk, agreed=plan.fingerprint, origin=asked())
        made.refresh_from_db()
        assert (again.status, again.retry_of, again.source) == ("succeeded", made, "staff")
        assert (made.resolution, made.attention_at) == ("retried", None)
        require_refunded(till, order, 600)
        with pytest.raises(InvalidTransition):
            retry_refund(refund_id=made.pk, origin=asked())

    def test_become_credit_with_one_click(self, till: Till, order: Order) -> None:
        made = refund(order, 1500)
        fail(till, made)
        plan = plan_credit_refund(refund_id=made.pk, origin=asked())
        credit_refund(refund_id=made.pk, agreed=plan.fingerprint, origin=asked())
        assert balance(order.customer_id, "usd") == 500 + 1800
        # What was given as credit cannot go back as money as well.
        with pytest.raises(RefundAmountTooHigh):
            refund(order, 501)
        refund(order, 500)
        with pytest.raises(InvalidTransition):
            credit_refund(refund_id=made.pk, origin=asked())
        assert not broken_books()

    def test_can_be_left_at_that(self, till: Till, order: Order) -> None:
        made = refund(order, 1500)
        fail(till, made)
        dismiss_refund(refund_id=made.pk, origin=asked().because("Settled in cash"))
        made.refresh_from_db()
        assert (made.resolution, made.attention_at) == ("dismissed", None)
        refund(order)
        require_refunded(till, order, 2400)

    def test_are_not_tried_again_by_an_old_plan(self, till: Till, order: Order) -> None:
        made = refund(order, 500)
        fail(till, made)
        plan = plan_retry_refund(refund_id=made.pk, origin=asked())
        refund(order, 100)
        with pytest.raises(PlanChanged):
            retry_refund(refund_id=made.pk, agreed=plan.fingerprint, origin=asked())
        made.refresh_from_db()
        assert made.resolution == ""


class TestInAnyOrder:
    def test_end_in_the_same_ledger(self, till: Till) -> None:
        """Three refunds, one of which comes back: orderly, and shuffled and doubled."""
        hashes = []
        for is_wild in (False, True):
            order = paid_order(till)
            till.settle()
            before = held_by(order.organization_id)
            if is_wild:
                till.sim.control("deliveries/pause", {})
            refund(order, 500)
            there = refund_at_stripe(till, order, amount=300)
            self._settle(till, is_wild)
            failing = refund_order(order_id=order.pk, data=wanted(250), origin=asked())
            self._settle(till, is_wild)
            till.sim.control(f"refunds/{failing.processor_id}", {"outcome": "fail"})
            if is_wild:
                till.sim.control("deliveries/shuffle", {"on": True})
                till.sim.control("deliveries/duplicate", {"copies": 3})
                till.sim.control("deliveries/resume", {})
            till.settle_until(
                lambda made=there: Refund.objects.filter(processor_id=made.id).exists()
            )
            till.settle_until(lambda made=failing: _status(made) == "failed")
            after = held_by(order.organization_id)
            changes = {kind: after[kind] - before.get(kind, 0) for kind in after}
            hashes.append((state_of(order), changes))
            require_refunded(till, order, 600, 300)
            assert len(refunds_at_stripe(till, order)) == 3
        assert hashes[0] == hashes[1]

    @staticmethod
    def _settle(till: Till, is_wild: bool) -> None:
        if not is_wild:
            till.settle()


def _status(made: Refund) -> str:
    return Refund.objects.get(pk=made.pk).status
