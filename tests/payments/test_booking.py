"""From a settled charge to the ledger: what of it is tax."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ledger.sales import Sale
from apps.orders.models import Order
from apps.payments.operations.booking import charged_tax

amounts = st.integers(min_value=0, max_value=10**9)


def order_over(net: int, tax: int, *, applied: int = 0) -> Order:
    return Order(net_amount=net, tax_amount=tax, applied_balance_amount=applied, currency="usd")


@pytest.mark.parametrize(
    ("net", "tax", "applied", "expected"),
    [
        (1000, 200, 0, 200),
        (1000, 200, -1150, 8),
        (1000, 200, -600, 100),
        (1000, 0, -600, 0),
        # Debt that is collected too.
        (1000, 200, 300, 200),
        (0, 0, 300, 0),
    ],
)
def test_the_tax_of_a_charge_is_its_share(net: int, tax: int, applied: int, expected: int) -> None:
    order = order_over(net, tax, applied=applied)
    assert charged_tax(order, order.due_amount) == expected


@given(net=amounts, tax=amounts, amount=st.integers(min_value=1, max_value=2 * 10**9))
def test_a_charge_is_never_more_tax_than_money(net: int, tax: int, amount: int) -> None:
    order = order_over(net, tax)
    found = charged_tax(order, amount)
    assert 0 <= found <= min(tax, amount)
    if net + tax and amount <= net + tax:
        # Half a minor unit at the most.
        assert abs(found - Fraction(tax * amount, net + tax)) <= Fraction(1, 2)
    sale_of(order, amount, found)


@given(net=amounts, tax=amounts, data=st.data())
def test_charges_of_an_order_share_its_tax(net: int, tax: int, data: st.DataObject) -> None:
    order = order_over(net, tax)
    first = data.draw(st.integers(min_value=0, max_value=order.total_amount))
    shared = charged_tax(order, first) + charged_tax(order, order.total_amount - first)
    assert abs(shared - tax) <= 1


def sale_of(order: Order, amount: int, tax: int) -> Sale:
    """What the ledger is given; it refuses more tax than money."""
    return Sale(
        organization_id=order.pk,
        order_id=order.pk,
        payment_id=order.pk,
        charge_id="ch_1",
        presentment_currency="usd",
        presentment_amount=amount,
        presentment_tax_amount=tax,
        settlement_currency="usd",
        settlement_amount=amount,
        settlement_fee=0,
        exchange_rate=None,
        available_at=datetime(2026, 5, 1, tzinfo=UTC),
        card_country=None,
        method="card",
        is_subscription=False,
        used_3ds=False,
    )
