"""Disputes through the SDK: listed, shown, accepted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.disputing import decide, disputed, require_sound
from tests.support.merchants import make_merchant
from tests.support.refunding import paid_order
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]


@pytest.fixture
def polar(till: Till, version: str) -> Any:
    with till.merchant.polar(version) as client:
        yield client


class TestReading:
    def test_shows_what_the_bank_says(self, till: Till, polar: Any) -> None:
        order = paid_order(till)
        dispute = disputed(till, order, reason="product_not_received")
        shown = polar.disputes.get(str(dispute.pk))
        assert (shown.status, shown.reason) == ("needs_response", "product_not_received")
        assert (shown.amount, shown.tax_amount, shown.currency) == (2000, 400, "usd")
        assert (shown.resolved, shown.closed, shown.past_due) == (False, False, False)
        assert shown.evidence_due_by
        assert (shown.order_id, shown.payment_id) == (str(order.pk), str(dispute.payment_id))
        assert (shown.customer.id, shown.case_id) == (str(order.customer_id), None)

        decide(till, dispute, "won")
        shown = polar.disputes.get(str(dispute.pk))
        assert (shown.status, shown.resolved, shown.closed) == ("won", True, True)

    def test_lists_by_order_and_status(self, till: Till, polar: Any) -> None:
        first = disputed(till, paid_order(till))
        second = disputed(till, paid_order(till, 3000), inquiry=True)
        decide(till, first, "lost")

        def listed(**query: Any) -> list[str]:
            return [one.id for one in polar.disputes.iter_list(**query)]

        assert listed() == [str(second.pk), str(first.pk)]
        assert listed(sorting=["amount"]) == [str(first.pk), str(second.pk)]
        assert listed(status="lost") == [str(first.pk)]
        assert listed(status=["needs_response", "won"]) == [str(second.pk)]
        assert listed(order_id=str(first.order_id)) == [str(first.pk)]
        other = make_merchant(till.url, "Other")
        with other.polar() as stranger:
            assert stranger.disputes.list().items == []

    def test_comes_with_the_refund_that_prevented_it(self, till: Till, polar: Any) -> None:
        order = paid_order(till)
        dispute = disputed(till, order, rapid_resolution=True)
        [refund] = polar.refunds.list(order_id=str(order.pk)).items
        assert (refund.reason, refund.revoke_benefits) == ("dispute_prevention", True)
        assert (refund.dispute.id, refund.dispute.status) == (str(dispute.pk), "prevented")


class TestAccepting:
    def test_leaves_the_money_to_the_bank(self, till: Till, polar: Any, errors: Any) -> None:
        order = paid_order(till)
        dispute = disputed(till, order)
        accepted = polar.disputes.accept(str(dispute.pk))
        assert (accepted.status, accepted.resolved, accepted.closed) == ("lost", True, True)
        assert polar.orders.get(str(order.pk)).status == "refunded"
        require_sound(order, "refunded", 2000, 400)
        with pytest.raises(errors.DisputeNotOpenError) as refused:
            polar.disputes.accept(str(dispute.pk))
        assert refused.value.status_code == 409
