"""Checkout links through the SDK, in each of its versions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.merchants import Merchant
from tests.support.stock import make_stock

FIXED = {"amount_type": "fixed", "price_amount": 2000, "price_currency": "usd"}


def product(polar: Any, name: str = "Handbook", **more: Any) -> Any:
    return polar.products.create(**{"name": name, "prices": [FIXED], **more})


def link(polar: Any, **more: Any) -> Any:
    if "products" not in more:
        more["products"] = [product(polar).id]
    return polar.checkout_links.create(payment_processor="stripe", **more)


class TestCreateCheckoutLink:
    def test_of_products(self, polar: Any) -> None:
        first, second = product(polar), product(polar, "Poster")
        discount = polar.discounts.create(
            name="Friends", type="percentage", basis_points=1000, duration="once"
        )

        made = polar.checkout_links.create(
            payment_processor="stripe",
            products=[second.id, first.id],
            label="Newsletter",
            discount_id=discount.id,
            allow_discount_codes=False,
            require_billing_address=True,
            success_url="https://shop.example/thanks?id={CHECKOUT_ID}",
            return_url="https://shop.example/",
            trial_interval="day",
            trial_interval_count=14,
            metadata={"campaign": "spring"},
        )

        assert [one.id for one in made.products] == [second.id, first.id]
        assert made.products[0].prices[0].price_amount == 2000
        assert (made.label, made.allow_discount_codes, made.require_billing_address) == (
            "Newsletter",
            False,
            True,
        )
        assert made.success_url == "https://shop.example/thanks?id={CHECKOUT_ID}"
        assert (made.trial_interval, made.trial_interval_count) == ("day", 14)
        assert made.metadata == {"campaign": "spring"}
        assert (made.discount_id, made.discount.name) == (discount.id, "Friends")
        assert made.url.endswith(f"/checkout-links/{made.client_secret}")
        assert polar.checkout_links.get(made.id) == made

    def test_of_one_product_as_older_clients_say_it(self, polar: Any) -> None:
        sold = product(polar)

        by_product = polar.checkout_links.create(payment_processor="stripe", product_id=sold.id)
        by_price = polar.checkout_links.create(
            payment_processor="stripe", product_price_id=sold.prices[0].id
        )

        for made in (by_product, by_price):
            assert [one.id for one in made.products] == [sold.id]
            assert (made.allow_discount_codes, made.require_billing_address) == (True, False)

    def test_with_a_number_of_seats(self, polar: Any) -> None:
        tiers = [{"min_seats": 2, "max_seats": 10, "price_per_seat": 500}]
        seats = {
            "amount_type": "seat_based",
            "price_currency": "usd",
            "seat_tiers": {"seat_tier_type": "volume", "tiers": tiers},
        }
        team = product(polar, "Team", prices=[seats])

        assert link(polar, products=[team.id], seats=10).seats == 10

    @pytest.mark.parametrize(
        ("field", "more"),
        [
            ("discount_id", {"discount_id": "7a5b0f4e-3f3d-4a43-a1c4-1c1f0f0a8f11"}),
            ("seats", {"seats": 3}),
            ("units", {"units": 3}),
            ("trial_interval", {"trial_interval_count": 3}),
            ("success_url", {"success_url": "javascript:alert(1)"}),
            ("products", {"products": []}),
            ("products", {"products": ["7a5b0f4e-3f3d-4a43-a1c4-1c1f0f0a8f11"]}),
            ("product_price_id", {"product_price_id": "7a5b0f4e-3f3d-4a43-a1c4-1c1f0f0a8f11"}),
        ],
    )
    def test_refuses(self, polar: Any, errors: Any, field: str, more: dict[str, Any]) -> None:
        if "product_price_id" not in more:
            more = {"products": [product(polar).id], **more}
        with pytest.raises(errors.HTTPValidationError) as caught:
            polar.checkout_links.create(payment_processor="stripe", **more)

        assert field in [problem.loc[1] for problem in caught.value.error.detail]

    def test_refuses_what_cannot_be_bought(self, polar: Any, errors: Any) -> None:
        archived, draft = product(polar), product(polar, "Draft", visibility="draft")
        polar.products.update(archived.id, is_archived=True)

        for one, why in ((archived, "Product is archived."), (draft, "Product is a draft.")):
            with pytest.raises(errors.HTTPValidationError) as caught:
                link(polar, products=[one.id])
            assert [problem.msg for problem in caught.value.error.detail] == [why]

    def test_refuses_what_is_anothers(self, polar: Any, errors: Any, stranger: Merchant) -> None:
        other = make_stock(stranger.organization)

        for more in (
            {"products": [str(other.product.pk)]},
            {"discount_id": str(other.discount.pk)},
        ):
            with pytest.raises(errors.HTTPValidationError):
                link(polar, **more)

    def test_refuses_a_discount_that_is_not_for_all(self, polar: Any, errors: Any) -> None:
        one, two = product(polar), product(polar, "Poster")
        discount = polar.discounts.create(
            name="One only",
            type="percentage",
            basis_points=1000,
            duration="once",
            products=[one.id],
        )

        assert link(polar, products=[one.id], discount_id=discount.id).discount_id == discount.id
        with pytest.raises(errors.HTTPValidationError):
            link(polar, products=[one.id, two.id], discount_id=discount.id)


class TestListCheckoutLinks:
    def test_filters_and_sorts(self, polar: Any) -> None:
        sold = product(polar)
        for label in ("B", "A"):
            link(polar, products=[sold.id], label=label)
        link(polar, label="C")

        def labels(**query: Any) -> list[str]:
            return [one.label for one in polar.checkout_links.list(**query).items]

        assert labels() == ["B", "A", "C"]
        assert labels(sorting=["-created_at"]) == ["C", "A", "B"]
        assert labels(sorting=["label"]) == ["A", "B", "C"]
        assert labels(product_id=sold.id, sorting=["-label"]) == ["B", "A"]
        assert labels(product_id="7a5b0f4e-3f3d-4a43-a1c4-1c1f0f0a8f11") == []


class TestUpdateCheckoutLink:
    def test_changes_what_is_given(self, polar: Any) -> None:
        poster = product(polar, "Poster")
        made = link(polar, label="Old", success_url="https://shop.example/", metadata={"a": 1})

        changed = polar.checkout_links.update(
            made.id, label=None, products=[poster.id], allow_discount_codes=False
        )

        assert (changed.label, changed.allow_discount_codes) == (None, False)
        assert [one.id for one in changed.products] == [poster.id]
        assert (changed.success_url, changed.metadata) == ("https://shop.example/", {"a": 1})
        assert changed.modified_at is not None
        assert changed.client_secret == made.client_secret

    def test_refuses_products_that_the_number_of_seats_does_not_fit(
        self, polar: Any, errors: Any
    ) -> None:
        made = link(polar)

        with pytest.raises(errors.HTTPValidationError):
            polar.checkout_links.update(made.id, seats=2)
        with pytest.raises(errors.HTTPValidationError):
            polar.checkout_links.update(made.id, products=[])


class TestDeleteCheckoutLink:
    def test_leads_nowhere_afterwards(self, polar: Any, errors: Any) -> None:
        made = link(polar)

        polar.checkout_links.delete(made.id)

        assert polar.checkout_links.list().items == []
        with pytest.raises(errors.ResourceNotFound):
            polar.checkout_links.get(made.id)


class TestGetCheckoutLink:
    def test_leads_to_a_checkout_that_the_merchant_sees(
        self, polar: Any, merchant: Merchant
    ) -> None:
        made = link(polar, metadata={"campaign": "spring"})

        with merchant.http() as http:
            answer = http.get(f"/checkout-links/{made.client_secret}?utm_source=mail")

        assert answer.status_code == 303
        checkout = polar.checkouts.list().items[0]
        assert answer.headers["Location"] == f"/checkout/{checkout.client_secret}"
        assert checkout.metadata == {"campaign": "spring", "utm_source": "mail"}
        assert checkout.product_id == made.products[0].id
