"""Money that banks contest: everyone's while it is open, gone once, and back where it was."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.ids import new_id
from apps.ledger.disputes import Disputed
from apps.ledger.models import Entry
from apps.ledger.operations import RefundOfUnbookedPayment, post_refund, post_sale
from apps.ledger.operations.disputes import (
    post_dispute,
    post_dispute_loss,
    post_dispute_reversal,
)
from apps.ledger.refunds import Refunded
from apps.ledger.sales import Sale
from apps.ledger.selectors import balances_of, explain_order
from tests.ledger.conftest import ORIGIN, sale_of
from tests.support.books import broken_books

pytestmark = pytest.mark.django_db
FEE = 1500


@pytest.fixture(autouse=True)
def sound_books() -> Any:
    """Whatever a test does, the books are sound afterwards."""
    yield
    assert broken_books() == []


def amounts(organization_id: UUID | None) -> dict[str, int]:
    rows = balances_of(organization_id)
    return {row.balance.kind: row.balance.amount for row in rows if row.balance.amount}


def sold(organization: Any, **facts: Any) -> Sale:
    sale = sale_of(organization, **facts)
    post_sale(sale=sale, origin=ORIGIN)
    return sale


def dispute_of(sale: Sale, net: int, tax: int, settled: int | None = None) -> Disputed:
    return Disputed(
        dispute_id=new_id(),
        charge_id=sale.charge_id,
        amount=net,
        tax_amount=tax,
        settlement_currency=sale.settlement_currency,
        settlement_amount=settled or net + tax,
        fees=(FEE,),
    )


def whole(sale: Sale) -> tuple[int, int]:
    return sale.presentment_amount - sale.presentment_tax_amount, sale.presentment_tax_amount


class TestOpen:
    def test_counts_as_everyones(self, organization: Any) -> None:
        sale = sold(organization)
        [before] = explain_order(sale.order_id)
        post_dispute(disputed=dispute_of(sale, *whole(sale)), origin=ORIGIN)
        [after] = explain_order(sale.order_id)
        assert after.settled_amount == before.settled_amount
        assert after.tax_amount == before.tax_amount
        assert after.merchant_amount == before.merchant_amount - FEE

    def test_twice_is_once(self, organization: Any) -> None:
        sale = sold(organization)
        disputed = dispute_of(sale, *whole(sale))
        first = post_dispute(disputed=disputed, origin=ORIGIN)
        assert {one.pk for one in post_dispute(disputed=disputed, origin=ORIGIN)} <= {
            one.pk for one in first
        }
        assert Entry.objects.filter(type="dispute").count() == 1

    def test_of_a_payment_that_is_not_booked_waits(self, organization: Any) -> None:
        with pytest.raises(RefundOfUnbookedPayment):
            post_dispute(disputed=dispute_of(sale_of(organization), 10, 0), origin=ORIGIN)

    def test_settled_in_another_currency_is_refused(self, organization: Any) -> None:
        sale = sold(organization)
        wrong = Disputed(
            dispute_id=new_id(),
            charge_id=sale.charge_id,
            amount=10,
            tax_amount=0,
            settlement_currency="eur",
            settlement_amount=10,
        )
        with pytest.raises(ValueError, match="settled in eur"):
            post_dispute(disputed=wrong, origin=ORIGIN)


class TestEnd:
    def test_won_after_it_was_lost_is_as_if_nothing_was(self, organization: Any) -> None:
        sale = sold(organization)
        mine, ours = amounts(organization.pk), amounts(None)
        disputed = dispute_of(sale, *whole(sale))
        post_dispute(disputed=disputed, origin=ORIGIN)
        for _ in range(2):
            post_dispute_loss(dispute_id=disputed.dispute_id, origin=ORIGIN)
        for _ in range(2):
            post_dispute_reversal(dispute_id=disputed.dispute_id, origin=ORIGIN)
        assert amounts(organization.pk) == {
            **mine,
            "merchant_balance": mine["merchant_balance"] - FEE,
        }
        after = amounts(None)
        assert after["tax_liability"] == ours["tax_liability"]
        assert "contested_payments" not in after

    def test_that_brings_back_less_is_the_platforms_loss(self, organization: Any) -> None:
        sale = sold(organization)
        mine = amounts(organization.pk)["merchant_balance"]
        disputed = dispute_of(sale, *whole(sale))
        post_dispute(disputed=disputed, origin=ORIGIN)
        back = disputed.settlement_amount - 7
        post_dispute_reversal(dispute_id=disputed.dispute_id, returned_amount=back, origin=ORIGIN)
        assert amounts(organization.pk)["merchant_balance"] == mine - FEE
        [shown] = explain_order(sale.order_id)
        assert {one.label: one.amount for one in shown.platform_fees}["dispute_difference"] == -7

    def test_of_nothing_posts_nothing(self) -> None:
        assert post_dispute_loss(dispute_id=new_id(), origin=ORIGIN) == []
        assert post_dispute_reversal(dispute_id=new_id(), origin=ORIGIN) == []


class TestAlways:
    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(data=st.data())
    def test_the_merchant_answers_for_what_is_left(self, organization: Any, data: Any) -> None:
        gross = data.draw(st.integers(10, 5000))
        tax = data.draw(st.integers(0, gross // 2))
        sale = sold(
            organization,
            order_id=new_id(),
            payment_id=new_id(),
            charge_id=f"ch_{new_id().hex}",
            presentment_amount=gross,
            presentment_tax_amount=tax,
            settlement_amount=gross,
        )
        start = amounts(organization.pk)["merchant_balance"]
        refunded = data.draw(st.integers(0, gross - tax))
        if refunded:
            back = Refunded(
                refund_id=new_id(),
                charge_id=sale.charge_id,
                amount=refunded,
                tax_amount=0,
                settlement_currency="usd",
                settlement_amount=refunded,
            )
            post_refund(refunded=back, origin=ORIGIN)
        contested = data.draw(st.integers(1, gross))
        its_tax = data.draw(st.integers(0, min(tax, contested)))
        rate = data.draw(st.integers(80, 120))
        disputed = dispute_of(
            sale, contested - its_tax, its_tax, settled=max(1, contested * rate // 100)
        )
        post_dispute(disputed=disputed, origin=ORIGIN)
        held = amounts(organization.pk).get("dispute_holds", 0)
        assert 0 <= held <= gross - tax - refunded
        if data.draw(st.booleans()):
            post_dispute_loss(dispute_id=disputed.dispute_id, origin=ORIGIN)
            assert start - amounts(organization.pk).get("merchant_balance", 0) <= gross - tax + FEE
        else:
            post_dispute_reversal(dispute_id=disputed.dispute_id, origin=ORIGIN)
        assert "dispute_holds" not in amounts(organization.pk)
        assert broken_books() == []
