"""Discounts through the SDK, in each of its versions."""

from __future__ import annotations

from typing import Any

from tests.support.merchants import Merchant
from tests.support.stock import make_stock


def kind_of(discount: Any) -> str:
    return type(discount).__name__


def months_of(discount: Any, merchant: Merchant) -> Any:
    """The SDK takes the first of its types that fits, which has no months: ask the wire."""
    with merchant.http() as http:
        return http.get(f"/v1/discounts/{discount.id}").json()["duration_in_months"]


class TestCreateDiscount:
    def test_of_a_share_for_good(self, polar: Any) -> None:
        discount = polar.discounts.create(
            name="Friends",
            type="percentage",
            basis_points=2550,
            duration="forever",
            code="FRIENDS",
            metadata={"shelf": 3},
            max_redemptions=10,
            max_redemptions_per_customer=1,
            starts_at="2026-01-01T00:00:00Z",
        )

        assert kind_of(discount) == "DiscountPercentageOnceForeverDuration"
        assert (discount.basis_points, discount.code, discount.redemptions_count) == (
            2550,
            "FRIENDS",
            0,
        )
        assert discount.metadata == {"shelf": 3}
        assert discount.starts_at == "2026-01-01T00:00:00Z"
        assert polar.discounts.get(discount.id) == discount

    def test_of_a_share_for_months(self, polar: Any, merchant: Merchant) -> None:
        discount = polar.discounts.create(
            name="Start",
            type="percentage",
            basis_points=5000,
            duration="repeating",
            duration_in_months=3,
        )

        assert discount.duration == "repeating"
        assert months_of(discount, merchant) == 3

    def test_of_an_amount_in_several_currencies(self, polar: Any, merchant: Merchant) -> None:
        discount = polar.discounts.create(
            name="Five off",
            type="fixed",
            amounts={"usd": 500, "eur": 450},
            duration="repeating",
            duration_in_months=12,
        )

        assert discount.duration == "repeating"
        assert months_of(discount, merchant) == 12
        assert discount.amounts == {"usd": 500, "eur": 450}
        assert (discount.amount, discount.currency) == (500, "usd")

    def test_of_one_amount_as_older_clients_say_it(self, polar: Any) -> None:
        discount = polar.discounts.create(
            name="Five off", type="fixed", amount=500, currency="eur", duration="once"
        )

        assert kind_of(discount) == "DiscountFixedOnceForeverDuration"
        assert discount.amounts == {"eur": 500}
        assert (discount.amount, discount.currency) == (500, "eur")

    def test_for_some_products_only(self, polar: Any, merchant: Merchant) -> None:
        product = make_stock(merchant.organization).product

        discount = polar.discounts.create(
            name="Plan only",
            type="percentage",
            basis_points=1000,
            duration="once",
            products=[str(product.pk)],
        )

        assert [one.id for one in discount.products] == [str(product.pk)]
        assert discount.products[0].name == product.name


class TestListDiscounts:
    def test_filters_and_sorts(self, polar: Any) -> None:
        for name, code in (("Alpha", "BBB"), ("Beta", "AAA"), ("Gamma", None)):
            polar.discounts.create(
                name=name, code=code, type="percentage", basis_points=100, duration="once"
            )

        def names(**query: Any) -> list[str]:
            return [one.name for one in polar.discounts.list(**query).items]

        assert names() == ["Gamma", "Beta", "Alpha"]
        assert names(query="ET") == ["Beta"]
        assert names(sorting=["name"]) == ["Alpha", "Beta", "Gamma"]
        assert names(sorting=["code"])[:2] == ["Beta", "Alpha"]
        page = polar.discounts.list(limit=2)
        assert (page.pagination.total_count, page.pagination.max_page) == (3, 2)


class TestUpdateDiscount:
    def test_changes_what_is_given(self, polar: Any) -> None:
        made = polar.discounts.create(
            name="Spring", code="SPRING", type="fixed", amount=5, duration="once"
        )

        changed = polar.discounts.update(
            made.id, name="Autumn", code=None, amounts={"usd": 7}, ends_at="2030-01-01T00:00:00Z"
        )

        assert (changed.name, changed.code, changed.amount) == ("Autumn", None, 7)
        assert changed.ends_at == "2030-01-01T00:00:00Z"
        assert changed.modified_at is not None


class TestDeleteDiscount:
    def test_frees_the_code(self, polar: Any) -> None:
        facts = {"name": "One", "type": "percentage", "basis_points": 100, "duration": "once"}
        made = polar.discounts.create(**facts, code="CODE")

        polar.discounts.delete(made.id)

        assert polar.discounts.list().items == []
        assert polar.discounts.create(**facts, code="code").code == "code"
