"""Products through the SDK."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.support.merchants import Merchant
from tests.support.stock import make_stock

TEN = {"amount_type": "fixed", "price_amount": 1000, "price_currency": "usd"}


class TestCreateProduct:
    def test_sold_once(self, polar: Any, merchant: Merchant) -> None:
        product = polar.products.create(
            name="Handbook",
            description="All of it.",
            prices=[TEN],
            metadata={"shelf": 3},
            visibility="private",
        )

        assert (product.name, product.is_recurring, product.is_archived) == (
            "Handbook",
            False,
            False,
        )
        assert product.is_deletable is True
        assert product.metadata == {"shelf": 3}
        [price] = product.prices
        assert (price.amount_type, price.price_amount, price.price_currency) == (
            "fixed",
            1000,
            "usd",
        )
        assert price.source == "catalog"
        assert polar.products.get(product.id) == product

    def test_sold_again_and_again(self, polar: Any) -> None:
        product = polar.products.create(
            name="Membership",
            recurring_interval="month",
            recurring_interval_count=3,
            trial_interval="day",
            trial_interval_count=14,
            prices=[TEN],
        )

        assert (product.is_recurring, product.recurring_interval_count) == (True, 3)
        assert (product.trial_interval, product.trial_interval_count) == ("day", 14)

    def test_pay_what_you_want_in_two_currencies(self, polar: Any) -> None:
        product = polar.products.create(
            name="Tip jar",
            prices=[
                {"amount_type": "custom", "preset_amount": 500},
                {"amount_type": "custom", "price_currency": "jpy", "minimum_amount": 0},
            ],
        )

        dollars, yen = product.prices
        assert (dollars.price_currency, dollars.minimum_amount, dollars.preset_amount) == (
            "usd",
            50,
            500,
        )
        assert (yen.minimum_amount, yen.maximum_amount) == (0, None)

    def test_free_in_the_older_spelling(self, polar: Any) -> None:
        product = polar.products.create(name="Sample", prices=[{"amount_type": "free"}])

        assert product.prices[0].price_amount == 0

    @pytest.mark.parametrize(
        ("body", "loc"),
        [
            ({"prices": [TEN]}, ["body", "name"]),
            ({"name": "ab", "prices": [TEN]}, ["body", "name"]),
            ({"name": "Book", "prices": []}, ["body", "prices"]),
            ({"name": "Book"}, ["body", "prices"]),
            (
                {"name": "Book", "prices": [{**TEN, "price_amount": 10}]},
                ["body", "prices", 0, "price_amount"],
            ),
            (
                {"name": "Book", "prices": [{"amount_type": "fixed"}]},
                ["body", "prices", 0, "price_amount"],
            ),
            (
                {"name": "Book", "prices": [{**TEN, "price_amount": "1000"}]},
                ["body", "prices", 0, "price_amount"],
            ),
            ({"name": "Book", "prices": [TEN, TEN]}, ["body", "prices", 1]),
            ({"name": "Book", "prices": [TEN, {"amount_type": "custom"}]}, ["body", "prices", 1]),
            ({"name": "Book", "prices": [{**TEN, "price_currency": "eur"}]}, ["body", "prices"]),
            (
                {
                    "name": "Book",
                    "prices": [TEN, {"amount_type": "custom", "price_currency": "eur"}],
                },
                ["body", "prices", 1],
            ),
            (
                {"name": "Book", "prices": [TEN], "trial_interval": "day"},
                ["body", "trial_interval"],
            ),
            (
                {
                    "name": "Book",
                    "prices": [TEN],
                    "recurring_interval": "month",
                    "trial_interval": "day",
                },
                ["body", "trial_interval_count"],
            ),
            (
                {
                    "name": "Book",
                    "prices": [TEN],
                    "recurring_interval": "month",
                    "recurring_interval_count": 1000,
                },
                ["body", "recurring_interval_count"],
            ),
            ({"name": "Book", "prices": [TEN], "medias": [str(uuid4())]}, ["body", "medias"]),
            (
                {"name": "Book", "prices": [TEN], "organization_id": str(uuid4())},
                ["body", "organization_id"],
            ),
        ],
    )
    def test_refuses_what_does_not_fit(
        self, polar: Any, errors: Any, body: dict[str, Any], loc: list[str | int]
    ) -> None:
        with pytest.raises(errors.HTTPValidationError) as refusal:
            polar.products.create(**body)

        assert refusal.value.error.detail[0].loc == loc


class TestListProducts:
    def test_pages_sorts_and_filters(self, polar: Any) -> None:
        cheap = polar.products.create(name="Apple", prices=[TEN], metadata={"kind": "fruit"})
        dear = polar.products.create(
            name="Bread",
            prices=[{**TEN, "price_amount": 5000}],
            visibility="draft",
            recurring_interval="week",
        )
        polar.products.update(dear.id, is_archived=True)

        def names(**filters: Any) -> list[str]:
            return [row.name for row in polar.products.list(**filters).items]

        assert names() == ["Bread", "Apple"]
        assert names(sorting=["price_amount"]) == ["Apple", "Bread"]
        assert names(sorting=["-price_amount"]) == ["Bread", "Apple"]
        assert names(sorting=["price_amount_type", "name"]) == ["Apple", "Bread"]
        assert names(id=cheap.id) == ["Apple"]
        assert names(id=[cheap.id, dear.id], sorting=["name"]) == ["Apple", "Bread"]
        assert names(query="app") == ["Apple"]
        assert names(is_archived=True) == ["Bread"]
        assert names(is_archived=False) == ["Apple"]
        assert names(is_recurring=True) == ["Bread"]
        assert names(visibility=["draft"]) == ["Bread"]
        assert names(metadata={"kind": "fruit"}) == ["Apple"]
        assert names(benefit_id=str(uuid4())) == []
        assert names(organization_id=str(uuid4())) == []
        assert len(list(polar.products.iter_list(limit=1))) == 2

    def test_refuses_an_unknown_visibility(self, polar: Any, errors: Any) -> None:
        with pytest.raises(errors.HTTPValidationError):
            polar.products.list(visibility=["secret"])


class TestUpdateProduct:
    def test_replaces_prices_and_keeps_what_is_named(self, polar: Any) -> None:
        euros = {**TEN, "price_currency": "eur"}
        product = polar.products.create(name="Book", prices=[TEN, euros])
        dollars = next(price for price in product.prices if price.price_currency == "usd")

        changed = polar.products.update(
            product.id, prices=[{"id": dollars.id}, {**euros, "price_amount": 900}]
        )

        assert dollars in changed.prices
        assert [price.price_amount for price in changed.prices] == [1000, 900]
        assert {price.id for price in product.prices} - {price.id for price in changed.prices}

    def test_archives_and_restores(self, polar: Any) -> None:
        product = polar.products.create(name="Book", prices=[TEN])

        assert polar.products.update(product.id, is_archived=True).is_archived is True
        assert polar.products.update(product.id, is_archived=False).is_archived is False

    def test_changes_texts(self, polar: Any) -> None:
        product = polar.products.create(name="Book", prices=[TEN], description="Old")

        changed = polar.products.update(
            product.id, name="Handbook", description=None, metadata={"a": "b"}, visibility="draft"
        )

        assert (changed.name, changed.description, changed.visibility) == (
            "Handbook",
            None,
            "draft",
        )

    @pytest.mark.parametrize(
        ("changes", "loc"),
        [
            ({"recurring_interval": "month"}, ["body", "recurring_interval"]),
            ({"prices": []}, ["body", "prices"]),
            ({"prices": [{"id": str(uuid4())}]}, ["body", "prices", 0, "id"]),
            ({"name": "ab"}, ["body", "name"]),
        ],
    )
    def test_refuses_what_does_not_fit(
        self, polar: Any, errors: Any, changes: dict[str, Any], loc: list[str | int]
    ) -> None:
        product = polar.products.create(name="Book", prices=[TEN])

        with pytest.raises(errors.HTTPValidationError) as refusal:
            polar.products.update(product.id, **changes)

        assert refusal.value.error.detail[0].loc == loc

    def test_sets_no_benefits(self, polar: Any, errors: Any) -> None:
        product = polar.products.create(name="Book", prices=[TEN])

        assert polar.products.update_benefits(product.id, benefits=[]) == product
        with pytest.raises(errors.HTTPValidationError):
            polar.products.update_benefits(product.id, benefits=[str(uuid4())])


class TestDeleteProduct:
    def test_removes_what_was_never_sold(self, polar: Any, errors: Any) -> None:
        product = polar.products.create(name="Book", prices=[TEN])

        assert polar.products.delete(product.id) is None

        for call in (
            lambda: polar.products.get(product.id),
            lambda: polar.products.delete(product.id),
            lambda: polar.products.update(product.id, name="Other"),
            lambda: polar.products.update_benefits(product.id, benefits=[]),
        ):
            with pytest.raises(errors.ResourceNotFound):
                call()

    def test_keeps_what_was_sold(self, polar: Any, errors: Any, merchant: Merchant) -> None:
        sold = make_stock(merchant.organization).product

        assert polar.products.get(str(sold.pk)).is_deletable is False
        with pytest.raises(errors.ProductNotDeletable):
            polar.products.delete(str(sold.pk))
