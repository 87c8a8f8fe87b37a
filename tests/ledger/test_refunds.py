"""Money that goes back: exactly what came in, once, and exactly undone when it could not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.ids import new_id
from apps.events.models import Event
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Entry, Transfer
from apps.ledger.operations import (
    RefundNotBooked,
    RefundOfUnbookedPayment,
    post_refund,
    post_refund_reversal,
    post_sale,
    post_unclaimed_payment,
)
from apps.ledger.refunds import Refunded
from apps.ledger.sales import Sale
from apps.ledger.selectors import balances_of, explain_order
from apps.ledger.unclaimed import UnclaimedPayment
from tests.ledger.conftest import EURO, NOW, ORIGIN, sale_of
from tests.support.books import broken_books

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sound_books() -> Any:
    """Whatever a test does, the books are sound afterwards."""
    yield
    assert broken_books() == []


def amounts(organization_id: UUID | None) -> dict[str, int]:
    return {row.account.kind: row.balance.amount for row in balances_of(organization_id)}


def sold(organization: Any, **facts: Any) -> Sale:
    sale = sale_of(organization, **facts)
    post_sale(sale=sale, origin=ORIGIN)
    return sale


def refund_of(sale: Sale, amount: int, tax: int, settled: int | None = None) -> Refunded:
    return Refunded(
        refund_id=new_id(),
        charge_id=sale.charge_id,
        amount=amount,
        tax_amount=tax,
        settlement_currency=sale.settlement_currency,
        settlement_amount=amount + tax if settled is None else settled,
    )


class TestPostRefund:
    def test_takes_everything_back_but_the_fees(self, organization: Any) -> None:
        sale = sold(organization)
        post_refund(refunded=refund_of(sale, 10000, 2000), origin=ORIGIN)

        assert amounts(organization.pk) == {
            AccountKind.MERCHANT_BALANCE: -650,
            AccountKind.SALES_CLEARING: 0,
        }
        assert amounts(None) == {
            AccountKind.PROCESSOR_BALANCE: -378,
            AccountKind.PROCESSOR_FEES: 378,
            AccountKind.PLATFORM_REVENUE: 650,
            AccountKind.TAX_LIABILITY: 0,
        }

    def test_twice_is_once(self, organization: Any) -> None:
        refunded = refund_of(sold(organization), 5000, 1000)
        first = post_refund(refunded=refunded, origin=ORIGIN)
        assert post_refund(refunded=refunded, origin=ORIGIN) == first
        assert Entry.objects.filter(type="refund").count() == 1
        assert Event.objects.filter(type="balance.refund").count() == 1

    def test_takes_the_truncated_share_and_the_platform_bears_the_rest(
        self, organization: Any
    ) -> None:
        # At 1.5 a net of 333 was settled as 499.5.
        sale = sold(organization, **EURO)
        post_refund(refunded=refund_of(sale, 333, 67, settled=600), origin=ORIGIN)

        taken = Transfer.objects.get(entry__type="refund_balance", type="balance")
        assert taken.amount == 499
        assert Transfer.objects.get(type="tax", entry__type="refund").amount == 101
        assert amounts(organization.pk)[AccountKind.SALES_CLEARING] == 0
        entry = Entry.objects.get(type="refund")
        assert (entry.presentment_amount, entry.presentment_tax_amount) == (-333, -67)

    def test_another_rate_than_the_sales_is_the_platforms(self, organization: Any) -> None:
        sale = sold(organization, **EURO)
        before = amounts(None)[AccountKind.PLATFORM_REVENUE]
        post_refund(refunded=refund_of(sale, 1000, 200, settled=1860), origin=ORIGIN)

        after = amounts(None)
        assert after[AccountKind.TAX_LIABILITY] == 0
        assert after[AccountKind.PLATFORM_REVENUE] == before - 60
        [money] = explain_order(sale.order_id)
        assert [payer.label for payer in money.payers] == ["Buyer paid", "Went back to the buyer"]
        assert money.settled_amount == (
            money.tax_amount + money.merchant_amount + money.platform_fee_amount
        )

    def test_never_takes_more_tax_than_the_payment_brought(self, organization: Any) -> None:
        # Part of the order was paid with credit, so only some of its tax came in with this charge.
        sale = sold(
            organization,
            presentment_amount=750,
            presentment_tax_amount=150,
            settlement_amount=750,
            settlement_fee=0,
        )
        post_refund(refunded=refund_of(sale, 250, 125), origin=ORIGIN)
        post_refund(refunded=refund_of(sale, 250, 125), origin=ORIGIN)
        assert amounts(None)[AccountKind.TAX_LIABILITY] == 0
        assert amounts(None)[AccountKind.PROCESSOR_BALANCE] == 0

    def test_stays_held_with_the_money_it_takes_back(self, organization: Any) -> None:
        sale = sold(organization)
        held = Transfer.objects.get(entry__type="balance").available_at
        post_refund(refunded=refund_of(sale, 100, 20), origin=ORIGIN)
        later = replace(ORIGIN, at=NOW + timedelta(days=90))
        post_refund(refunded=refund_of(sale, 100, 20), origin=later)
        rows = Transfer.objects.filter(entry__type="refund_balance").order_by("pk")
        assert [row.available_at for row in rows] == [held, later.at]

    def test_books_what_the_processor_charged_for_it(self, organization: Any) -> None:
        refunded = replace(refund_of(sold(organization), 100, 20), settlement_fee=15)
        post_refund(refunded=refunded, origin=ORIGIN)
        assert Transfer.objects.get(type="processor_fee.refund").amount == 15

    def test_waits_for_the_payment(self, organization: Any) -> None:
        with pytest.raises(RefundOfUnbookedPayment):
            post_refund(refunded=refund_of(sale_of(organization), 100, 20), origin=ORIGIN)

    def test_returns_money_without_an_order_to_its_payer(self, organization: Any) -> None:
        payment = UnclaimedPayment(
            organization_id=organization.pk,
            payment_id=new_id(),
            charge_id="ch_lost",
            presentment_currency="eur",
            presentment_amount=1000,
            settlement_currency="usd",
            settlement_amount=1100,
            settlement_fee=59,
            exchange_rate=None,
            available_at=NOW,
        )
        post_unclaimed_payment(payment=payment, origin=ORIGIN)
        for amount, settled in ((400, 444), (600, 666)):
            refunded = Refunded(
                refund_id=new_id(),
                charge_id="ch_lost",
                amount=amount,
                tax_amount=0,
                settlement_currency="usd",
                settlement_amount=settled,
            )
            post_refund(refunded=refunded, origin=ORIGIN)
        assert amounts(organization.pk) == {AccountKind.UNCLAIMED_PAYMENTS: 0}
        assert amounts(None)[AccountKind.PLATFORM_REVENUE] == -10
        post_refund_reversal(refund_id=refunded.refund_id, origin=ORIGIN)
        assert amounts(organization.pk) == {AccountKind.UNCLAIMED_PAYMENTS: 660}
        assert amounts(None)[AccountKind.PLATFORM_REVENUE] == -4


class TestPostRefundReversal:
    def test_gives_back_exactly_what_this_refund_took(self, organization: Any) -> None:
        sale = sold(organization, **EURO)
        kept = refund_of(sale, 333, 67, settled=601)
        post_refund(refunded=kept, origin=ORIGIN)
        before = (amounts(organization.pk), amounts(None))
        failing = refund_of(sale, 200, 40, settled=362)
        post_refund(refunded=failing, origin=ORIGIN)
        assert (amounts(organization.pk), amounts(None)) != before

        for _ in range(2):
            posted = post_refund_reversal(refund_id=failing.refund_id, origin=ORIGIN)

        assert (amounts(organization.pk), amounts(None)) == before
        refund = Entry.objects.get(reference=f"refund:{failing.refund_id}")
        assert posted[0].corrects == refund
        assert (posted[0].presentment_amount, posted[0].presentment_tax_amount) == (200, 40)
        assert Event.objects.filter(type="balance.refund_reversal").count() == 1

    def test_the_platform_bears_what_does_not_come_back(self, organization: Any) -> None:
        sale = sold(organization)
        before = amounts(None)
        refunded = refund_of(sale, 1000, 200)
        post_refund(refunded=refunded, origin=ORIGIN)
        post_refund_reversal(refund_id=refunded.refund_id, returned_amount=1150, origin=ORIGIN)
        after = amounts(None)
        for kind in (AccountKind.PLATFORM_REVENUE, AccountKind.PROCESSOR_BALANCE):
            assert after[kind] == before[kind] - 50

    def test_refuses_what_was_never_booked(self) -> None:
        with pytest.raises(RefundNotBooked):
            post_refund_reversal(refund_id=new_id(), origin=ORIGIN)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_refunded_and_fails_the_books_stay_sound(
    organization: Any, data: st.DataObject
) -> None:
    gross = data.draw(st.integers(2, 100_000))
    tax = data.draw(st.integers(0, gross))
    settled = data.draw(st.integers(gross, 2 * gross))
    sale = sold(
        organization,
        presentment_currency="eur",
        presentment_amount=gross,
        presentment_tax_amount=tax,
        settlement_amount=settled,
        settlement_fee=0,
        exchange_rate=None if settled == gross else _rate(settled, gross),
    )
    left, posted = gross, []
    while left and len(posted) < 4:
        part = left if len(posted) == 3 else data.draw(st.integers(1, left))
        part_tax = data.draw(st.integers(0, part))
        refunded = refund_of(sale, part - part_tax, part_tax, data.draw(st.integers(1, 2 * part)))
        post_refund(refunded=refunded, origin=ORIGIN)
        posted.append(refunded)
        left -= part
    sums = {kind: _of_order(sale, kind) for kind in AccountKind}
    assert sums[AccountKind.TAX_LIABILITY] == 0
    assert sums[AccountKind.SALES_CLEARING] == 0
    for refunded in posted:
        post_refund_reversal(refund_id=refunded.refund_id, origin=ORIGIN)
    assert _of_order(sale, AccountKind.TAX_LIABILITY) == sale.settlement_tax_amount
    assert _of_order(sale, AccountKind.PROCESSOR_BALANCE) == -settled
    assert broken_books() == []


def _rate(settled: int, gross: int) -> Decimal:
    return (Decimal(settled) / gross).quantize(Decimal("1e-10"))


def _of_order(sale: Sale, kind: str) -> int:
    """What an order put on accounts of a kind, credit positive."""
    rows = Transfer.objects.filter(entry__order_id=sale.order_id)
    credit = sum(rows.filter(credit_account__kind=kind).values_list("amount", flat=True))
    return credit - sum(rows.filter(debit_account__kind=kind).values_list("amount", flat=True))
