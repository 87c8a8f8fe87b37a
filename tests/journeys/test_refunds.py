"""Refunds through the SDK: made, listed, refused."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from apps.payments.models import Refund
from tests.support.merchants import make_merchant
from tests.support.refunding import customer_of, paid_order, require_refunded
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]


@pytest.fixture
def polar(till: Till, version: str) -> Any:
    with till.merchant.polar(version) as client:
        yield client


class TestCreate:
    def test_refunds_a_part_and_then_the_rest(self, till: Till, polar: Any) -> None:
        order = paid_order(till)
        made = polar.refunds.create(
            order_id=str(order.pk),
            reason="satisfaction_guarantee",
            amount=500,
            comment="Not what was promised",
            metadata={"ticket": 7},
        )
        assert (made.status, made.amount, made.tax_amount) == ("succeeded", 500, 100)
        assert (made.order_id, made.customer_id) == (str(order.pk), str(order.customer_id))
        assert (made.reason, made.metadata) == ("satisfaction_guarantee", {"ticket": 7})
        assert (made.subscription_id, made.dispute, made.revoke_benefits) == (None, None, False)
        assert Refund.objects.get().comment == "Not what was promised"

        shown = polar.orders.get(str(order.pk))
        assert (shown.status, shown.refunded_amount) == ("partially_refunded", 500)
        assert (shown.refundable_amount, shown.refundable_tax_amount) == (1500, 300)
        polar.refunds.create(order_id=str(order.pk), reason="other", amount=1500)
        assert polar.orders.get(str(order.pk)).status == "refunded"
        require_refunded(till, order, 600, 1800)

    def test_refuses_what_cannot_be(self, till: Till, polar: Any, errors: Any) -> None:
        order = paid_order(till)
        usual: dict[str, Any] = {"order_id": str(order.pk), "reason": "other", "amount": 100}
        for wrong in (
            {"amount": 0},
            {"amount": -1},
            {"amount": 2001},
            {"reason": "dispute_prevention"},
            {"reason": "boredom"},
            {"order_id": str(uuid4())},
            {"metadata": {"a": [1]}},
        ):
            with pytest.raises(errors.HTTPValidationError):
                polar.refunds.create(**{**usual, **wrong})
        assert not Refund.objects.exists()

    def test_knows_no_orders_of_others(self, till: Till, version: str, errors: Any) -> None:
        order = paid_order(till)
        stranger = make_merchant(till.url, "Other").polar(version)
        with stranger as polar, pytest.raises(errors.HTTPValidationError):
            polar.refunds.create(order_id=str(order.pk), reason="other", amount=1)
        assert not Refund.objects.exists()


class TestList:
    def test_filters_and_sorts(self, till: Till, polar: Any) -> None:
        first, second = paid_order(till), paid_order(till, card="pm_card_pendingRefund")
        one = polar.refunds.create(order_id=str(first.pk), reason="other", amount=900)
        two = polar.refunds.create(order_id=str(second.pk), reason="duplicate", amount=100)

        def ids(**query: Any) -> list[str]:
            return [row.id for row in polar.refunds.list(**query).items]

        assert ids() == [two.id, one.id]
        assert ids(sorting=["created_at"]) == ids(sorting=["-amount"]) == [one.id, two.id]
        assert ids(id=one.id) == ids(order_id=str(first.pk)) == [one.id]
        assert ids(customer_id=str(second.customer_id)) == [two.id]
        assert ids(external_customer_id=customer_of(first).external_id) == [one.id]
        assert ids(subscription_id=str(uuid4())) == []
        assert (ids(succeeded=True), ids(succeeded=False)) == ([one.id], [two.id])
        assert len(list(polar.refunds.iter_list(limit=1))) == 2
        with make_merchant(till.url, "Other").polar("2026-10") as stranger:
            assert stranger.refunds.list().items == []
