"""What a wallet gets for the order that pays for it, and loses by refunds of that order."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.ids import new_id
from apps.core.origin import Door, system_origin
from apps.orders.models import Order
from apps.orders.operations import create_top_up_order, pay_order
from apps.wallets.models import TopUp, Wallet, WalletMovement
from apps.wallets.operations import (
    create_wallet,
    credit_top_up,
    give_back_refund,
    promise_top_up,
    reduce_by_refund,
    require_fillable,
)
from tests.support.books import broken_books
from tests.support.calculators import FifthCalculator
from tests.support.drafts import make_buyer
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db
NOW = system_origin(Door.TASK)


@pytest.fixture
def wallet() -> Wallet:
    return create_wallet(customer=make_buyer(make_organization()), currency="usd", origin=NOW)


@pytest.fixture
def order(wallet: Wallet, settings: Any) -> Order:
    """The order of 2000 of credit and 400 of tax, not paid yet."""
    settings.TAX_CALCULATORS = [f"{FifthCalculator.__module__}.FifthCalculator"]
    order = create_top_up_order(customer=wallet.customer, amount=2000, currency="usd", origin=NOW)
    promise_top_up(
        wallet=require_fillable(wallet_id=wallet.pk),
        order_id=order.pk,
        amount=2000,
        charged_amount=order.due_amount,
        origin=NOW,
    )
    return order


def left(wallet: Wallet) -> int:
    return Wallet.objects.get(pk=wallet.pk).balance


def test_a_promise_is_no_credit_until_it_is_paid(wallet: Wallet, order: Order) -> None:
    assert (left(wallet), broken_books()) == (0, [])
    for _ in range(2):
        pay_order(order_id=order.pk, origin=NOW)
        credit_top_up(order_id=order.pk, origin=NOW)

    assert (left(wallet), broken_books()) == (2000, [])


def test_a_refund_takes_its_share_of_the_credit_and_gives_it_back(
    wallet: Wallet, order: Order
) -> None:
    pay_order(order_id=order.pk, origin=NOW)
    refund: dict[str, Any] = {
        "customer_id": wallet.customer_id,
        "currency": "usd",
        "refund_id": new_id(),
        "origin": NOW,
    }
    reduce_by_refund(order_id=order.pk, amount=600, **refund)
    assert left(wallet) == 1500
    give_back_refund(**refund)

    assert left(wallet) == 2000
    assert not Wallet.objects.filter(type="billing").exists()


def test_the_books_miss_credit_that_was_paid_for(wallet: Wallet, order: Order) -> None:
    pay_order(order_id=order.pk, origin=NOW)
    TopUp.objects.update(credited_at=None)
    assert "top_ups_credit_what_was_paid" in str(broken_books())

    TopUp.objects.all().delete()
    assert WalletMovement.objects.filter(kind="top_up").exists()
    assert "top_ups_have_orders" in str(broken_books())
