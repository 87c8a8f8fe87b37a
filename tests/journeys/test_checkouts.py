"""Checkouts through the SDK: what merchants and buyers may do, and each refusal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from apps.checkouts.models import Checkout
from apps.checkouts.operations import expire_checkouts
from apps.core.origin import Door, system_origin
from apps.organizations.models import Organization
from apps.organizations.operations import change_status
from tests.support.merchants import Merchant


def fixed(amount: int = 2000, currency: str = "usd") -> dict[str, Any]:
    return {"amount_type": "fixed", "price_amount": amount, "price_currency": currency}


def custom(minimum: int = 500, currency: str = "usd", **more: Any) -> dict[str, Any]:
    bounds = {"minimum_amount": minimum, "price_currency": currency, **more}
    return {"amount_type": "custom", **bounds}


@pytest.fixture
def product(polar: Any) -> Any:
    return polar.products.create(name="Handbook", prices=[fixed()])


@pytest.fixture
def checkout(polar: Any, product: Any) -> Any:
    return polar.checkouts.create(products=[product.id])


@pytest.fixture
def modern(merchant: Merchant) -> Any:
    """The SDK of the newest version, where the version makes no difference."""
    with merchant.polar("2027-01") as client:
        yield client


@pytest.fixture
def refusals() -> Any:
    from polar.v2027_01 import errors

    return errors


def problems(refusal: Any) -> list[list[Any]]:
    return [problem.loc for problem in refusal.value.error.detail]


class TestCreateCheckout:
    def test_gives_every_field(self, polar: Any, product: Any, merchant: Merchant) -> None:
        made = polar.checkouts.create(
            products=[product.id],
            metadata={"a": 1, "b": True, "c": "d"},
            customer_metadata={"plan": "pro"},
            success_url="https://shop.example/thanks?id={CHECKOUT_ID}",
            return_url="https://shop.example/",
            locale="fr",
        )

        assert (made.status, made.amount, made.total_amount, made.currency) == (
            "open",
            2000,
            2000,
            "usd",
        )
        assert made.tax_amount is None
        assert made.client_secret.startswith("polar_c_")
        assert len(made.client_secret) == len("polar_c_") + 43
        assert made.url == f"{made.url.rsplit('/', 1)[0]}/{made.client_secret}"
        assert made.success_url == f"https://shop.example/thanks?id={made.id}"
        assert made.metadata == {"a": 1, "b": True, "c": "d"}
        assert made.is_payment_required and made.is_payment_form_required
        assert not made.is_payment_setup_required and not made.is_free_product_price
        assert made.product.id == product.id
        assert made.product_price.price_amount == 2000
        assert [price.id for price in made.prices[product.id]] == [made.product_price_id]
        assert made.billing_address_fields.country == "required"
        assert made.billing_address_fields.state == "disabled"
        assert made.organization_id == str(merchant.organization.pk)

    def test_prefills_a_known_customer(self, polar: Any, product: Any) -> None:
        customer = polar.customers.create(
            email="ada@example.com", name="Ada", external_id="u1", billing_address={"country": "FR"}
        )

        for key in ({"customer_id": customer.id}, {"external_customer_id": "u1"}):
            made = polar.checkouts.create(products=[product.id], **key)
            assert made.customer_id == customer.id
            assert (made.customer_email, made.customer_name) == ("ada@example.com", "Ada")
            assert made.customer_billing_address.country == "FR"
            assert made.tax_amount == 0
            assert made.tax_behavior == "inclusive"

    def test_sells_at_prices_made_for_it(self, polar: Any, product: Any) -> None:
        made = polar.checkouts.create(products=[product.id], prices={product.id: [fixed(4242)]})

        assert made.amount == 4242
        assert made.product_price.source == "ad_hoc"
        assert len(polar.products.get(product.id).prices) == 1

    @pytest.mark.parametrize(
        ("body", "loc"),
        [
            ({"products": []}, ["body", "products"]),
            ({"products": ["nonsense"]}, ["body", "products", 0]),
            ({"success_url": "javascript:alert(1)"}, ["body", "success_url"]),
            ({"currency": "eur"}, ["body", "currency"]),
            ({"customer_id": str(uuid4())}, ["body", "customer_id"]),
            ({"discount_id": str(uuid4())}, ["body", "discount_id"]),
            ({"subscription_id": str(uuid4())}, ["body", "subscription_id"]),
            ({"customer_email": "nobody"}, ["body", "customer_email"]),
            ({"customer_tax_id": "FR123"}, ["body", "customer_tax_id"]),
            ({"metadata": {"k": None}}, ["body", "metadata", "k"]),
            (
                {"customer_billing_address": {"country": "KP"}},
                ["body", "customer_billing_address", "country"],
            ),
            (
                {"customer_billing_address": {"city": "Paris"}},
                ["body", "customer_billing_address", "country"],
            ),
        ],
    )
    def test_refuses_what_cannot_be(
        self, modern: Any, refusals: Any, body: dict[str, Any], loc: list[Any]
    ) -> None:
        product = modern.products.create(name="Handbook", prices=[fixed()])

        with pytest.raises(refusals.HTTPValidationError) as refusal:
            modern.checkouts.create(**{"products": [product.id], **body})

        assert problems(refusal) == [loc]

    def test_names_each_product_it_cannot_sell(
        self, modern: Any, refusals: Any, stranger: Merchant
    ) -> None:
        archived = modern.products.create(name="Old book", prices=[fixed()])
        modern.products.update(archived.id, is_archived=True)
        with stranger.polar("2027-01") as other:
            foreign = other.products.create(name="Foreign", prices=[fixed()])

        with pytest.raises(refusals.HTTPValidationError) as refusal:
            modern.checkouts.create(products=[str(uuid4()), archived.id, foreign.id])

        assert problems(refusal) == [["body", "products", index] for index in range(3)]


class TestPresentmentCurrency:
    @pytest.fixture
    def dual(self, modern: Any) -> Any:
        return modern.products.create(name="Dual", prices=[fixed(2000), fixed(1800, "eur")])

    def test_is_the_one_asked_for(self, modern: Any, dual: Any) -> None:
        assert modern.checkouts.create(products=[dual.id], currency="eur").amount == 1800

    def test_follows_the_buyers_country(self, merchant: Merchant, dual: Any) -> None:
        with merchant.http(**{"CF-IPCountry": "DE"}) as http:
            body = http.post("/v1/checkouts/", json={"products": [dual.id]}).json()
        assert body["currency"] == "eur"

    def test_falls_back_to_the_organizations(self, merchant: Merchant, dual: Any) -> None:
        with merchant.http(**{"CF-IPCountry": "JP"}) as http:
            body = http.post("/v1/checkouts/", json={"products": [dual.id]}).json()
        assert body["currency"] == "usd"

    def test_is_kept_when_the_product_changes(self, modern: Any, dual: Any) -> None:
        other = modern.products.create(name="Other", prices=[fixed(1000), fixed(900, "eur")])
        dollars = modern.products.create(name="Dollars", prices=[fixed(700)])
        made = modern.checkouts.create(products=[dual.id, other.id, dollars.id], currency="eur")

        changed = modern.checkouts.update(made.id, product_id=other.id)
        assert (changed.currency, changed.amount) == ("eur", 900)
        changed = modern.checkouts.update(made.id, product_id=dollars.id)
        assert (changed.currency, changed.amount) == ("usd", 700)

    def test_follows_an_explicit_price(self, modern: Any, dual: Any) -> None:
        made = modern.checkouts.create(products=[dual.id])
        euros = next(price for price in dual.prices if price.price_currency == "eur")

        changed = modern.checkouts.update(made.id, product_price_id=euros.id)

        assert (changed.currency, changed.amount) == ("eur", 1800)


class TestUpdateCheckout:
    def test_recomputes(self, polar: Any, checkout: Any) -> None:
        changed = polar.checkouts.update(
            checkout.id,
            customer_billing_address={
                "country": "US",
                "state": "CA",
                "city": "San Francisco",
                "postal_code": "94104",
                "line1": "1 Main St",
            },
            metadata={"k": "v"},
        )

        assert changed.customer_billing_address.state == "US-CA"
        assert (changed.tax_amount, changed.tax_behavior) == (0, "exclusive")
        assert changed.billing_address_fields.line1 == "required"
        assert changed.metadata == {"k": "v"}

    def test_leaves_the_tax_open_without_the_whole_address(
        self, modern: Any, refusals: Any
    ) -> None:
        product = modern.products.create(name="Handbook", prices=[fixed()])
        made = modern.checkouts.create(products=[product.id])
        changed = modern.checkouts.update(made.id, customer_billing_address={"country": "US"})
        assert changed.tax_amount is None

    def test_keeps_to_the_bounds_of_a_custom_price(self, modern: Any, refusals: Any) -> None:
        product = modern.products.create(
            name="Tip jar", prices=[custom(500, maximum_amount=5000, preset_amount=1000)]
        )
        made = modern.checkouts.create(products=[product.id])
        assert made.amount == 1000

        assert modern.checkouts.update(made.id, amount=750).amount == 750
        for amount in (499, 5001):
            with pytest.raises(refusals.HTTPValidationError) as refusal:
                modern.checkouts.update(made.id, amount=amount)
            assert problems(refusal) == [["body", "amount"]]
        assert modern.checkouts.get(made.id).amount == 750

    def test_is_refused_once_it_is_not_open(self, polar: Any, checkout: Any, errors: Any) -> None:
        Checkout.objects.filter(pk=checkout.id).update(status="expired")

        with pytest.raises(errors.CheckoutsUpdate403Error) as refusal:
            polar.checkouts.update(checkout.id, metadata={"k": "v"})

        assert refusal.value.error.error == "NotOpenCheckout"

    def test_does_not_find_another_merchants(
        self, polar: Any, checkout: Any, stranger: Merchant, version: str, errors: Any
    ) -> None:
        with stranger.polar(version) as other:
            for call in (other.checkouts.get, other.checkouts.update):
                with pytest.raises(errors.ResourceNotFound):
                    call(checkout.id)
        with pytest.raises(errors.ResourceNotFound):
            polar.checkouts.get(str(uuid4()))


class TestListCheckouts:
    def test_filters_and_sorts(self, polar: Any, product: Any, checkout: Any) -> None:
        other = polar.checkouts.create(
            products=[product.id], customer_email="ada@example.com", external_customer_id="u9"
        )

        def ids(**query: Any) -> list[str]:
            return [row.id for row in polar.checkouts.list(**query).items]

        assert ids() == [other.id, checkout.id]
        assert ids(sorting=["created_at"]) == [checkout.id, other.id]
        assert ids(sorting=["-expires_at", "status"]) == [other.id, checkout.id]
        assert ids(query="ADA@") == [other.id]
        assert ids(external_customer_id="u9") == [other.id]
        assert ids(status=["expired", "failed"]) == []
        assert ids(product_id=product.id, status="open") == [other.id, checkout.id]
        assert ids(product_id=str(uuid4())) == []
        assert polar.checkouts.list(limit=1).pagination.max_page == 2


class TestClientCheckout:
    def test_needs_nothing_but_the_secret(
        self, polar: Any, checkout: Any, merchant: Merchant
    ) -> None:
        shown = polar.checkouts.client_get(checkout.client_secret)

        assert shown.id == checkout.id
        assert shown.organization.name == merchant.organization.name
        assert not hasattr(shown, "metadata")

    def test_takes_the_buyers_details(self, polar: Any, checkout: Any) -> None:
        changed = polar.checkouts.client_update(
            checkout.client_secret,
            customer_email="ada@example.com",
            customer_name="Ada",
            customer_billing_address={"country": "FR"},
            is_business_customer=True,
            customer_tax_id="FR61954506077",
            customer_billing_name="Ada SARL",
        )

        assert changed.customer_email == "ada@example.com"
        assert changed.customer_tax_id == "FR61954506077"
        assert changed.billing_address_fields.city == "required"

        changed = polar.checkouts.client_update(checkout.client_secret, is_business_customer=False)
        assert changed.customer_tax_id is None
        assert changed.customer_billing_name is None

    def test_is_not_found_under_a_wrong_secret(self, polar: Any, errors: Any) -> None:
        for secret in ("nonsense", "polar_c_" + "a" * 43):
            with pytest.raises(errors.ResourceNotFound):
                polar.checkouts.client_get(secret)

    def test_is_gone_after_its_time(self, polar: Any, checkout: Any, errors: Any) -> None:
        row = Checkout.objects.get(pk=checkout.id)
        row.expires_at = row.created_at - timedelta(seconds=1)
        Checkout.objects.filter(pk=row.pk).update(expires_at=row.expires_at)

        with pytest.raises(errors.ExpiredCheckoutError):
            polar.checkouts.client_get(checkout.client_secret)
        with pytest.raises(errors.ExpiredCheckoutError):
            polar.checkouts.client_update(checkout.client_secret, customer_name="Late")
        with pytest.raises(errors.ExpiredCheckoutError):
            polar.checkouts.client_confirm(checkout.client_secret)

        assert expire_checkouts(origin=system_origin(Door.TASK)) == 1
        assert expire_checkouts(origin=system_origin(Door.TASK)) == 0
        assert polar.checkouts.get(checkout.id).status == "expired"

    def test_is_closed_with_its_merchant(
        self, polar: Any, checkout: Any, merchant: Merchant, errors: Any
    ) -> None:
        change_status(
            organization_id=merchant.organization.pk,
            to=Organization.Status.BLOCKED,
            origin=system_origin(Door.BACKOFFICE),
        )

        with pytest.raises(errors.NotPermitted):
            polar.checkouts.client_get(checkout.client_secret)
