"""A refund under way keeps its part of the merchant's money, and gives it back when it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.core.origin import Origin
from apps.ledger.models import Entry
from apps.orders.models import Order
from apps.payments.errors import RefundInProgress
from apps.payments.models import Refund
from apps.payments.operations import resume_refund
from apps.payments.operations.refunds.recording import record_refund, with_settlement
from apps.payments.operations.refunds.refunding import begin_refund
from apps.payouts.errors import RefundsBeingAsked
from apps.payouts.operations import estimate_payout, plan_request_payout, request_payout
from apps.payouts.selectors import money_of, transfers_in_place, whereabouts_of
from apps.payouts.whereabouts import OWED_BACK
from apps.processors.errors import ProcessorUnavailable
from apps.processors.gateway.refunds import read_refund
from tests.support.books import broken_books
from tests.support.payouts import link, make_account
from tests.support.refunding import asked, held_by, paid_order, refund, require_refunded, wanted
from tests.support.stripesim import stripesim
from tests.support.threads import together
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]
MATURE = 60 * 24 * 30


@pytest.fixture
def order(till: Till) -> Order:
    paid = paid_order(till, 9000, card="pm_card_pendingRefund")
    link(till.merchant.organization, make_account(at=asked().at), at=asked().at)
    return paid


def later() -> Origin:
    """When the sale may be paid out."""
    return asked(MATURE)


def parts(order: Order) -> tuple[int, int]:
    """The merchant's balance, and what is kept for refunds."""
    held = held_by(order.organization_id)
    return held["merchant_balance"], held.get("refund_holds", 0)


def hear(made: Refund) -> None:
    """What the processor says of it now."""
    record_refund(facts=with_settlement(read_refund(made.processor_id or "")), origin=asked())


class TestUnderWay:
    def test_is_kept_and_not_available(self, till: Till, order: Order) -> None:
        before, _ = parts(order)
        available = money_of(order.organization_id, at=later().at).available_amount
        made = refund(order, 4500)
        assert made.status == "pending"
        assert parts(order) == (before - 4500, 4500)
        money = money_of(order.organization_id, at=later().at)
        assert money.available_amount == available - 4500
        where = whereabouts_of(order.organization_id, at=later().at)
        assert where.total_amount == where.ledger_amount == before
        assert [(one.title, one.amount) for one in where.place(OWED_BACK).parts] == [
            ("Refunds under way", 4500)
        ]
        opened = transfers_in_place(order.organization_id, OWED_BACK, at=later().at)
        assert sum(one.signed_amount for one in opened) == 4500  # type: ignore[attr-defined]
        assert list(where.claims) == []
        assert not broken_books()

    def test_takes_nothing_from_what_matured_before(self, till: Till, order: Order) -> None:
        now = asked().at
        available = money_of(order.organization_id, at=now).available_amount
        refund(order, 4500)
        assert money_of(order.organization_id, at=now).available_amount == available

    def test_is_not_paid_out(self, till: Till, order: Order) -> None:
        refund(order, 4500)
        organization = till.merchant.organization
        expected = money_of(organization.pk, at=later().at).available_amount
        payout = request_payout(organization_id=organization.pk, origin=later())
        assert payout.gross_amount == expected
        assert parts(order) == (0, 4500)
        till.sim.control(f"refunds/{Refund.objects.get().processor_id}", {"outcome": "succeed"})
        hear(Refund.objects.get())
        assert parts(order) == (0, 0)
        assert not broken_books()


class TestEnd:
    @pytest.mark.parametrize(("outcome", "status"), [("succeed", "succeeded"), ("fail", "failed")])
    def test_gives_back_what_was_kept(
        self, till: Till, order: Order, outcome: str, status: str
    ) -> None:
        before, _ = parts(order)
        made = refund(order, 4500)
        till.sim.control(f"refunds/{made.processor_id}", {"outcome": outcome})
        for _ in range(2):
            hear(made)
        made.refresh_from_db()
        assert made.status == status
        gone = 4500 if status == "succeeded" else 0
        assert parts(order) == (before - gone, 0)
        hold = Entry.objects.get(reference=f"refund_hold:{made.pk}")
        assert Entry.objects.get(corrects_id=hold.pk).type == "refund_hold_reversal"
        assert not broken_books()


class TestLostAnswer:
    def test_is_kept_until_it_is_found(self, till: Till) -> None:
        order = paid_order(till, 9000)
        before, _ = parts(order)
        rule = {"kind": "drop_after", "method": "POST", "path": "/v1/refunds$", "count": 9}
        till.sim.control("faults", rule)
        with pytest.raises(RefundInProgress):
            refund(order, 4500)
        assert parts(order) == (before - 4500, 4500)
        till.sim.control("faults", method="DELETE")
        resume_refund(refund_id=Refund.objects.get().pk, origin=asked(5))
        assert parts(order) == (before - 4500, 0)
        require_refunded(till, order, 5400)

    def test_is_kept_by_whoever_takes_it_up_after_a_crash(self, till: Till) -> None:
        order = paid_order(till, 9000)
        begin_refund(order.pk, wanted(4500), None, asked())
        assert parts(order)[1] == 0
        till.sim.control("faults", {"kind": "429", "method": "POST", "path": "/v1/refunds$"})
        with pytest.raises(ProcessorUnavailable):
            resume_refund(refund_id=Refund.objects.get().pk, origin=asked(5))
        assert parts(order)[1] == 4500


class TestPayout:
    @pytest.fixture
    def ask(self, till: Till) -> Callable[[], Any]:
        organization = till.merchant.organization
        return lambda: request_payout(organization_id=organization.pk, origin=later())

    def test_waits_for_what_is_just_being_asked(
        self, till: Till, order: Order, ask: Callable[[], Any]
    ) -> None:
        begin_refund(order.pk, wanted(4500), None, asked())
        with pytest.raises(RefundsBeingAsked):
            ask()
        with pytest.raises(RefundsBeingAsked):
            plan_request_payout(organization=till.merchant.organization, origin=later())
        resume_refund(refund_id=Refund.objects.get().pk, origin=asked(5))
        assert estimate_payout(organization=till.merchant.organization, origin=later())
        expected, kept = parts(order)
        assert (ask().gross_amount, kept) == (expected, 4500)

    def test_at_once_with_a_refund_never_pays_it_out(
        self, till: Till, order: Order, ask: Callable[[], Any]
    ) -> None:
        whole, _ = parts(order)
        made, payout = together(lambda: refund(order, 4500), ask)
        assert isinstance(made, Refund)
        if isinstance(payout, Exception):
            assert isinstance(payout, RefundsBeingAsked)
            assert parts(order) == (whole - 4500, 4500)
        elif payout.gross_amount == whole:
            # It had gone before the refund began.
            assert parts(order) == (-4500, 4500)
        else:
            assert payout.gross_amount == whole - 4500
            assert parts(order) == (0, 4500)
        assert not broken_books()
