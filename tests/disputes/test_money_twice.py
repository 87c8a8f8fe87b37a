"""Whoever was paid back by one way is not paid back by another one as well."""

from __future__ import annotations

from uuid import UUID

import pytest

from apps.disputes.operations import plan_accept_dispute
from apps.orders.models import Order
from apps.orders.refunds import RefundAmountTooHigh
from apps.payments.errors import RefundDisputedPayment
from apps.payments.operations import credit_refund, plan_credit_refund
from apps.wallets.operations import adjust_wallet
from apps.wallets.selectors import balance
from tests.support.disputing import decide, disputed, require_sound
from tests.support.refunding import asked, customer_of, paid_order, refund
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]


@pytest.fixture
def order(till: Till) -> Order:
    return paid_order(till)


def fail(till: Till, order: Order) -> UUID:
    """A refund of all that went out and came back."""
    made = refund(order)
    till.sim.control(f"refunds/{made.processor_id}", {"outcome": "fail"})
    till.settle()
    made.refresh_from_db()
    assert made.status == "failed"
    return made.pk


class TestCreditInPlaceOfARefund:
    def test_waits_for_what_the_bank_decides(self, till: Till, order: Order) -> None:
        refund_id = fail(till, order)
        dispute = disputed(till, order)
        for ask in (plan_credit_refund, credit_refund):
            with pytest.raises(RefundDisputedPayment):
                ask(refund_id=refund_id, origin=asked())
        decide(till, dispute, "lost")
        with pytest.raises(RefundAmountTooHigh):
            credit_refund(refund_id=refund_id, origin=asked())
        assert balance(order.customer_id, "usd") == 0
        require_sound(order, "refunded", 2000, 400)

    def test_is_given_once_the_bank_has_let_go(self, till: Till, order: Order) -> None:
        refund_id = fail(till, order)
        decide(till, disputed(till, order), "won")
        credit_refund(refund_id=refund_id, origin=asked())
        assert balance(order.customer_id, "usd") == 2400
        require_sound(order, "paid", 0, 0)

    def test_is_taken_back_by_a_dispute_that_comes_after(self, till: Till, order: Order) -> None:
        credit_refund(refund_id=fail(till, order), origin=asked())
        decide(till, disputed(till, order), "lost")
        assert balance(order.customer_id, "usd") == 0
        require_sound(order, "refunded", 2000, 400)


def test_a_loss_takes_no_credit_for_what_a_refund_gave_back(till: Till, order: Order) -> None:
    refund(order, 1500)
    adjust_wallet(
        customer=customer_of(order), currency="usd", amount=5000, note="x", origin=asked()
    )
    dispute = disputed(till, order)
    plan = plan_accept_dispute(dispute_id=dispute.pk, origin=asked())
    decide(till, dispute, "lost")
    # Of 24.00 the refund gave 18.00 back.
    assert balance(order.customer_id, "usd") == 5000 - 600
    assert any(one.after == "$44.00" for one in plan.changes)
    require_sound(order, "refunded", 2000, 400)
