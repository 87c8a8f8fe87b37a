"""A sale from outside: the SDK opens a checkout, the buyer pays, the order is there."""

from __future__ import annotations

from typing import Any

import pytest

from apps.checkouts.models import Checkout
from apps.ledger.checks import verify_books
from apps.orders.models import Order
from apps.payments.models import Payment
from tests.support.stripesim import stripesim
from tests.support.tills import BUYER, Till, till

__all__ = ["stripesim", "till"]


def fixed(amount: int = 2000, currency: str = "usd") -> dict[str, Any]:
    return {"amount_type": "fixed", "price_amount": amount, "price_currency": currency}


@pytest.fixture
def polar(till: Till, version: str) -> Any:
    with till.merchant.polar(version) as client:
        yield client


@pytest.fixture
def checkout(polar: Any) -> Any:
    product = polar.products.create(name="Handbook", prices=[fixed()])
    return polar.checkouts.create(products=[product.id], metadata={"campaign": "spring"})


class TestBuyOnce:
    def test_ends_in_a_paid_order_and_balanced_books(
        self, polar: Any, till: Till, checkout: Any
    ) -> None:
        confirmed = polar.checkouts.client_confirm(
            checkout.client_secret, confirmation_token_id=till.token(), **BUYER
        )
        assert confirmed.status == "confirmed"
        assert confirmed.total_amount == 2000

        till.settle_until(lambda: Order.objects.filter(platform_fee_amount__gt=0).exists())

        assert polar.checkouts.get(checkout.id).status == "succeeded"
        [order] = polar.orders.list(checkout_id=checkout.id).items
        assert (order.status, order.paid, order.total_amount) == ("paid", True, 2000)
        assert order.customer.email == "buyer@example.com"
        assert order.metadata == {"campaign": "spring"}
        assert order.invoice_number and order.receipt_number
        assert order.platform_fee_amount == 2000 * 5 // 100 + 50
        assert [item.label for item in order.items] == ["Handbook"]
        [payment] = polar.payments.list(order_id=order.id).items
        assert (payment.status, payment.amount, payment.method) == ("succeeded", 2000, "card")
        assert payment.method_metadata.last4 == "4242"
        assert polar.payments.get(payment.id).id == payment.id
        assert len(till.charges(checkout.id)) == 1
        verify_books()
