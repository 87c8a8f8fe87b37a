"""Refunds asked for here: what goes back, what is refused, what comes of lost answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from apps.events.models import Event
from apps.ledger.models import Account, Entry
from apps.ledger.selectors import balances
from apps.orders.models import Order
from apps.orders.refunds import RefundAmountTooHigh
from apps.organizations.models import Organization
from apps.payments.errors import (
    RefundDisputedPayment,
    RefundedAlready,
    RefundInProgress,
    RefundsBlocked,
    RefundUnknownPayment,
    RevokeSubscriptionBenefitsProhibited,
)
from apps.payments.models import Payment, Refund
from apps.payments.operations import plan_refund_order, refund_order, resume_refund
from apps.payments.selectors import due_refund_ids, presentable_refunds
from apps.processors.errors import ProcessorUnavailable
from apps.wallets.operations import adjust_wallet
from apps.wallets.selectors import balance
from tests.support.books import broken_books
from tests.support.refunding import (
    asked,
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
FAULT = {"method": "POST", "path": "/v1/refunds$", "count": 9}


@pytest.fixture
def order(till: Till) -> Order:
    """2000 net and 400 of tax, paid and booked."""
    return paid_order(till)


def told(kind: str) -> int:
    return Event.objects.filter(type=kind).count()


class TestRefundOrder:
    def test_gives_everything_back_but_the_fees(self, till: Till, order: Order) -> None:
        fee = Order.objects.get(pk=order.pk).platform_fee_amount
        made = refund(order, metadata={"ticket": "7"}, comment="Sorry")

        assert (made.status, made.amount, made.tax_amount) == ("succeeded", 2000, 400)
        assert made.metadata == {"ticket": "7"}
        assert state_of(order) == ("refunded", 2000, 400)
        assert held_by(order.organization_id)["merchant_balance"] == -fee
        assert held_by(None)["tax_liability"] == 0
        assert (told("refund.created"), told("order.refunded")) == (1, 1)
        [there] = refunds_at_stripe(till, order)
        assert there.reason == "requested_by_customer"
        till.settle()
        require_refunded(till, order, 2400)
        assert (told("refund.created"), told("refund.updated"), told("order.refunded")) == (1, 0, 1)

    def test_takes_the_share_of_tax_and_all_that_is_left_with_the_last(
        self, till: Till, order: Order
    ) -> None:
        parts = [refund(order, amount) for amount in (333, 333, 1334)]
        assert [part.tax_amount for part in parts] == [67, 67, 266]
        assert state_of(order) == ("refunded", 2000, 400)
        require_refunded(till, order, 400, 400, 1600)
        with pytest.raises(RefundedAlready):
            refund(order, 1)

    def test_takes_credit_away_that_there_is(self, order: Order) -> None:
        customer = customer_of(order)
        adjust_wallet(customer=customer, currency="usd", amount=500, note="x", origin=asked())
        refund(order, 1000)
        assert balance(customer.pk, "usd") == 0
        assert not broken_books()


class TestGuards:
    def test_refuses_where_refunds_are_blocked(self, order: Order) -> None:
        Order.objects.filter(pk=order.pk).update(refunds_blocked_at=asked().at)
        with pytest.raises(RefundsBlocked):
            refund(order)
        Order.objects.filter(pk=order.pk).update(refunds_blocked_at=None)
        organization = Organization.objects.get(pk=order.organization_id)
        Organization.objects.filter(pk=organization.pk).update(
            capabilities={**organization.capabilities, "refunds": False}
        )
        with pytest.raises(RefundsBlocked):
            refund(order)
        assert not Refund.objects.exists()

    def test_refuses_benefits_of_a_subscription(self, order: Order) -> None:
        Order.objects.filter(pk=order.pk).update(subscription_id=order.pk)
        with pytest.raises(RevokeSubscriptionBenefitsProhibited):
            refund(order, 1, revoke_benefits=True)

    def test_refuses_more_than_is_left(self, order: Order) -> None:
        refund(order, 1500)
        with pytest.raises(RefundAmountTooHigh) as error:
            refund(order, 501)
        assert (error.value.maximum, error.value.status) == (500, 422)
        assert Refund.objects.count() == 1

    def test_refuses_what_no_settled_charge_has_paid(self, order: Order) -> None:
        Payment.objects.filter(order=order).update(booked_at=None)
        with pytest.raises(RefundUnknownPayment):
            refund(order)
        Payment.objects.filter(order=order).update(order=None)
        with pytest.raises(RefundUnknownPayment):
            refund(order)

    def test_refuses_what_the_payer_took_back(self, till: Till) -> None:
        order = paid_order(till, card="pm_card_createDispute")
        till.sim.control("clock/advance", {"seconds": 60})
        with pytest.raises(RefundDisputedPayment):
            refund(order)
        assert state_of(order) == ("paid", 0, 0)
        refused = Refund.objects.get()
        assert (refused.status, refused.processor_id) == ("failed", None)
        assert not presentable_refunds().exists()
        assert told("refund.refused") == 1


class TestLostAnswers:
    def test_block_the_next_and_are_found_out(self, till: Till, order: Order) -> None:
        till.sim.control("deliveries/pause", {})
        till.sim.control("faults", {**FAULT, "kind": "drop_after"})
        for amount in (500, 1900, None):
            with pytest.raises(RefundInProgress):
                refund(order, amount)
        assert not presentable_refunds().exists()
        till.sim.control("faults", method="DELETE")

        self.sweep()
        require_refunded(till, order, 600)
        refund(order, 500)
        require_refunded(till, order, 600, 600)

    def test_are_looked_for_once_the_key_may_be_forgotten(self, till: Till, order: Order) -> None:
        till.sim.control("deliveries/pause", {})
        for kind in ("drop_before", "drop_after"):
            till.sim.control("faults", {**FAULT, "kind": kind})
            with pytest.raises(RefundInProgress):
                refund(order, 500)
            till.sim.control("faults", method="DELETE")
            self.sweep(24 * 60)
        assert [one.status for one in Refund.objects.order_by("pk")] == ["failed", "succeeded"]
        require_refunded(till, order, 600)

    def test_of_a_processor_that_was_not_reached_leave_nothing(
        self, till: Till, order: Order, settings: object
    ) -> None:
        base = settings.STRIPE_API_BASE  # type: ignore[attr-defined]
        settings.STRIPE_API_BASE = "http://127.0.0.1:9"  # type: ignore[attr-defined]
        with pytest.raises(ProcessorUnavailable):
            refund(order, 500)
        settings.STRIPE_API_BASE = base  # type: ignore[attr-defined]
        assert Refund.objects.get().status == "failed"
        refund(order, 500)
        require_refunded(till, order, 600)

    @staticmethod
    def sweep(minutes: int = 5) -> None:
        origin = asked(minutes)
        for refund_id in due_refund_ids(at=origin.at, limit=9):
            resume_refund(refund_id=refund_id, origin=origin)


class TestPlan:
    def test_says_what_then_happens(self, order: Order) -> None:
        plan = plan_refund_order(order_id=order.pk, data=wanted(500), origin=asked())
        assert plan.money[0].amount == 600
        assert {(one.before, one.after) for one in plan.changes} == {
            ("paid", "partially_refunded"),
            ("$0.00", "$6.00"),
        }
        before = set(Entry.objects.values_list("pk", flat=True))
        refund_order(order_id=order.pk, data=wanted(500), agreed=plan.fingerprint, origin=asked())
        posted = [
            (
                row.debit_account.kind.replace("_", " "),
                row.credit_account.kind.replace("_", " "),
                row.amount,
            )
            for entry in Entry.objects.exclude(pk__in=before)
            for row in entry.transfers.select_related("debit_account", "credit_account")
        ]
        assert sorted(posted) == sorted((t.debit, t.credit, t.amount) for t in plan.transfers)
        held = {row.account.kind: row.balance.amount for row in balances(Account.objects.all())}
        assert {one.account: one.after for one in plan.postings} == {
            one.account: held[one.account.replace(" ", "_")] for one in plan.postings
        }

    def test_is_the_same_a_while_later(self, order: Order) -> None:
        plans = [
            plan_refund_order(
                order_id=order.pk,
                data=wanted(),
                origin=replace(asked(), at=asked().at + timedelta(hours=hours)),
            )
            for hours in (0, 5)
        ]
        assert plans[0].fingerprint == plans[1].fingerprint
