"""Buyers who want the same use of a discount at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.discounts.errors import DiscountNotRedeemable, DiscountRedemptionLimitReached
from apps.discounts.models import Discount, Redemption
from apps.discounts.operations import redeem, redeeming, release_redemption
from tests.discounts.conftest import (
    ORIGIN,
    make_buyer,
    make_discount,
    new_discount,
    organization,
)
from tests.support.threads import together

__all__ = ["make_buyer", "make_discount", "organization"]

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[..., Any]


def use(discount: Discount, buyer: Customer, *, card: str | None = None) -> Redemption:
    return redeem(
        discount=discount,
        checkout_id=new_id(),
        customer=buyer,
        email=buyer.email,
        fingerprint=card,
        origin=ORIGIN,
    )


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(one).__name__ for one in results)


def reading_together(count: int) -> Callable[[UUID], Discount]:
    """In place of a lock: everybody reads the row before anybody goes on."""
    barrier = Barrier(count)

    def read(discount_id: UUID) -> Discount:
        found = Discount.objects.get(pk=discount_id)
        barrier.wait(10)
        return found

    return read


class TestTheLastUse:
    def test_would_be_given_out_twice_without_the_lock(
        self, make_discount: Make, make_buyer: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        discount, buyers = make_discount(max_redemptions=1), [make_buyer(), make_buyer()]
        monkeypatch.setattr(redeeming, "lock_last_use", reading_together(2))

        results = together(*[lambda buyer=buyer: use(discount, buyer) for buyer in buyers])

        assert kinds(results) == ["Redemption", "Redemption"]

    @pytest.mark.parametrize("_round", range(3))
    def test_goes_to_one(self, make_discount: Make, make_buyer: Make, _round: int) -> None:
        discount, buyers = make_discount(max_redemptions=1), [make_buyer() for _ in "1234"]

        results = together(*[lambda buyer=buyer: use(discount, buyer) for buyer in buyers])

        assert kinds(results) == ["DiscountNotRedeemable"] * 3 + ["Redemption"]
        discount.refresh_from_db()
        assert discount.redemptions_count == Redemption.objects.count() == 1

    def test_is_not_waited_for(self, make_discount: Make, make_buyer: Make) -> None:
        discount, taken, refused = make_discount(max_redemptions=1), Barrier(2), Barrier(2)

        def first() -> Redemption:
            with transaction.atomic():
                redemption = use(discount, make_buyer())
                taken.wait(10)
                refused.wait(10)
                return redemption

        def second() -> Redemption:
            buyer = make_buyer()
            taken.wait(10)
            try:
                return use(discount, buyer)
            finally:
                refused.wait(10)

        assert kinds(together(first, second)) == ["DiscountNotRedeemable", "Redemption"]

    def test_leaves_the_refused_transaction_usable(
        self, make_discount: Make, make_buyer: Make
    ) -> None:
        discount, taken, done = make_discount(max_redemptions=1), Barrier(2), Barrier(2)

        def first() -> None:
            with transaction.atomic():
                use(discount, make_buyer())
                taken.wait(10)
                done.wait(10)

        def second() -> int:
            buyer = make_buyer()
            taken.wait(10)
            with transaction.atomic():
                try:
                    use(discount, buyer)
                except DiscountNotRedeemable:
                    return Discount.objects.count()
                finally:
                    done.wait(10)
            return 0

        assert together(first, second)[1] == 1


class TestManyUses:
    def test_are_all_given_out_to_buyers_who_meet(
        self, make_discount: Make, make_buyer: Make
    ) -> None:
        """Whoever comes while another confirms waits, and is not refused for it."""
        discount, buyers = make_discount(max_redemptions=10), [make_buyer() for _ in range(6)]

        results = together(*[lambda buyer=buyer: use(discount, buyer) for buyer in buyers])

        assert kinds(results) == ["Redemption"] * 6
        discount.refresh_from_db()
        assert discount.redemptions_count == 6

    def test_are_counted_where_there_is_no_cap(self, make_discount: Make, make_buyer: Make) -> None:
        discount, buyers = make_discount(), [make_buyer() for _ in range(5)]
        first = use(discount, make_buyer())

        together(
            *[lambda buyer=buyer: use(discount, buyer) for buyer in buyers],
            lambda: release_redemption(checkout_id=first.checkout_id, origin=ORIGIN),
        )

        discount.refresh_from_db()
        assert discount.redemptions_count == Redemption.objects.count() == 5


class TestTheOneUseOfABuyer:
    def test_would_be_taken_twice_without_the_lock(
        self, make_discount: Make, make_buyer: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        discount, buyer = make_discount(max_redemptions_per_customer=1), make_buyer()
        monkeypatch.setattr(redeeming, "lock_discount", reading_together(2))
        limit_reached = redeeming.customer_limit_reached
        counted = Barrier(2)

        def count_together(*facts: Any, **more: Any) -> bool:
            reached = limit_reached(*facts, **more)
            counted.wait(10)
            return reached

        monkeypatch.setattr(redeeming, "customer_limit_reached", count_together)
        results = together(*[lambda: use(discount, buyer)] * 2)

        assert kinds(results) == ["Redemption", "Redemption"]

    @pytest.mark.parametrize("_round", range(3))
    def test_is_taken_once(self, make_discount: Make, make_buyer: Make, _round: int) -> None:
        discount, buyer = make_discount(max_redemptions_per_customer=1), make_buyer()

        results = together(*[lambda: use(discount, buyer)] * 3)

        assert kinds(results) == ["DiscountRedemptionLimitReached"] * 2 + ["Redemption"]
        assert Redemption.objects.count() == 1

    def test_is_taken_once_by_two_customers_with_one_card(
        self, make_discount: Make, make_buyer: Make
    ) -> None:
        discount, buyers = (
            make_discount(max_redemptions_per_customer=1),
            [make_buyer() for _ in "12"],
        )

        results = together(
            *[lambda buyer=buyer: use(discount, buyer, card="fp_1") for buyer in buyers]
        )

        assert kinds(results) == [DiscountRedemptionLimitReached.__name__, "Redemption"]


class TestOneCode:
    def test_is_given_to_one_of_two_new_discounts(self, organization: Any) -> None:
        results = together(
            *[lambda code=code: new_discount(organization, code=code) for code in ("ONE", "one")]
        )

        assert kinds(results) == ["Discount", ValidationFailed.__name__]
