"""Orders that want the same credit at the same moment."""

from __future__ import annotations

from threading import Barrier
from typing import Any

import pytest
from django.db import transaction

from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.wallets.models import Wallet, WalletMovement
from apps.wallets.operations import adjust_wallet, apply_to_order, applying, carry_over
from tests.support.books import broken_books
from tests.support.threads import together
from tests.wallets.conftest import ORIGIN, customer, give, left, owner_of

__all__ = ["customer"]

pytestmark = pytest.mark.django_db(transaction=True)


def apply(customer: Customer, total: int, **more: Any) -> int:
    order_id = more.get("order_id") or new_id()
    applied = apply_to_order(
        **owner_of(customer), order_id=order_id, total_amount=total, origin=ORIGIN
    )
    return applied.applied_balance_amount


class TestTwoOrdersAtOnce:
    def test_would_both_use_the_credit_without_the_lock(
        self, customer: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The race is there: two that only read the balance spend it twice."""
        give(customer, 1000)
        both_have_read = Barrier(2)

        def read(customer_id: Any, currency: str) -> Wallet | None:
            wallet = Wallet.objects.filter(customer_id=customer_id, currency=currency).first()
            both_have_read.wait(10)
            return wallet

        monkeypatch.setattr(applying, "lock_billing_wallet", read)
        used = together(*[lambda: apply(customer, 1000)] * 2)

        assert used == [-1000, -1000]
        assert "wallets.wallets_are_sums" in {one.check for one in broken_books()}

    @pytest.mark.parametrize("_round", range(3))
    def test_share_it(self, customer: Customer, _round: int) -> None:
        give(customer, 1000)

        used = together(*[lambda: apply(customer, 700)] * 3)

        assert sorted(used) == [-700, -300, 0]
        assert left(customer) == 0
        assert broken_books() == []

    def test_wait_for_the_one_that_has_not_committed(self, customer: Customer) -> None:
        give(customer, 1000)
        has_applied = Barrier(2)

        def first() -> int:
            with transaction.atomic():
                used = apply(customer, 600)
                has_applied.wait(10)
                return used

        def second() -> int:
            has_applied.wait(10)
            return apply(customer, 600)

        assert together(first, second) == [-600, -400]

    def test_make_one_wallet(self, customer: Customer) -> None:
        together(*[lambda: apply(customer, -100)] * 4)

        assert Wallet.objects.get().balance == 400
        assert broken_books() == []


class TestOneOrderTwice:
    @pytest.mark.parametrize("_round", range(3))
    def test_moves_the_balance_once(self, customer: Customer, _round: int) -> None:
        give(customer, 1000)
        order_id = new_id()

        used = together(*[lambda: apply(customer, 700, order_id=order_id)] * 3)

        assert used == [-700] * 3
        assert left(customer) == 300

    def test_leaves_one_debt(self, customer: Customer) -> None:
        order_id = new_id()

        together(
            *[lambda: carry_over(**owner_of(customer), order_id=order_id, amount=40, origin=ORIGIN)]
            * 3
        )

        assert WalletMovement.objects.count() == 1
        assert left(customer) == -40


class TestStaffAndOrder:
    def test_keep_the_balance_the_sum_of_its_movements(self, customer: Customer) -> None:
        def adjust() -> object:
            return adjust_wallet(
                customer=customer, currency="usd", amount=500, note="Sorry", origin=ORIGIN
            )

        give(customer, 100)
        together(adjust, lambda: apply(customer, 300), adjust, lambda: apply(customer, 300))

        movements = WalletMovement.objects.all()
        assert left(customer) == sum(one.amount for one in movements)
        assert broken_books() == []
