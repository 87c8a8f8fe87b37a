"""The verbs of the catalog."""

from __future__ import annotations

from typing import Any

import pytest

from apps.catalog.models import Price, Product
from apps.catalog.operations import (
    PriceInput,
    ProductInput,
    archive_product,
    create_ad_hoc_prices,
    create_product,
    restore_product,
    update_product,
)
from apps.catalog.selectors import listed_prices
from apps.core.errors import ValidationFailed
from apps.core.origin import Door, Origin, system_origin
from apps.events.models import Event
from apps.organizations.models import Organization
from apps.organizations.operations import update_organization
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db

TEN = PriceInput(kind="fixed", fixed_amount=1000)
TEN_EUROS = PriceInput(kind="fixed", fixed_amount=1000, currency="eur")


@pytest.fixture
def origin() -> Origin:
    return system_origin(Door.COMMAND)


@pytest.fixture
def acme() -> Organization:
    return make_organization()


def make(acme: Organization, origin: Origin, *prices: PriceInput, **fields: Any) -> Product:
    data = ProductInput(name="Handbook", prices=prices or (TEN,), **fields)
    return create_product(organization=acme, data=data, origin=origin)


class TestCreateProduct:
    def test_leaves_no_trace_of_a_refusal(self, acme: Organization, origin: Origin) -> None:
        with pytest.raises(ValidationFailed):
            make(acme, origin, TEN_EUROS)

        assert not Product.objects.exists()
        assert not Event.objects.filter(type="product.created").exists()

    def test_names_every_problem(self, acme: Organization, origin: Origin) -> None:
        low = PriceInput(kind="fixed", fixed_amount=1)
        high = PriceInput(kind="fixed", fixed_amount=10**9, currency="eur")

        with pytest.raises(ValidationFailed) as refusal:
            make(acme, origin, low, high)

        assert [problem["loc"] for problem in refusal.value.problems] == [
            ["body", "prices", 0, "price_amount"],
            ["body", "prices", 1, "price_amount"],
        ]


class TestUpdateProduct:
    def test_never_edits_a_price(self, acme: Organization, origin: Origin) -> None:
        product = make(acme, origin)
        [old] = listed_prices(product)

        update_product(
            product_id=product.pk,
            changes={"prices": [PriceInput(kind="fixed", fixed_amount=2000)]},
            origin=origin,
        )

        old.refresh_from_db()
        assert (old.fixed_amount, old.archived_at) == (1000, origin.at)
        [new] = listed_prices(product)
        [event] = Event.objects.filter(type="product.updated")
        assert event.changes["prices"] == [[str(old.pk)], [str(new.pk)]]

    def test_writes_nothing_when_nothing_changes(self, acme: Organization, origin: Origin) -> None:
        product = make(acme, origin)
        kept = [price.pk for price in listed_prices(product)]

        same = update_product(
            product_id=product.pk, changes={"prices": kept, "name": "Handbook"}, origin=origin
        )

        assert same.modified_at is None
        assert not Event.objects.filter(type="product.updated").exists()


class TestArchiveProduct:
    def test_twice_is_once(self, acme: Organization, origin: Origin) -> None:
        product = make(acme, origin)
        for _ in range(2):
            assert archive_product(product_id=product.pk, origin=origin).is_archived
        for _ in range(2):
            assert not restore_product(product_id=product.pk, origin=origin).is_archived

        types = Event.objects.filter(subject_id=str(product.pk)).values_list("type", flat=True)
        assert sorted(types) == ["product.archived", "product.created", "product.restored"]


class TestCreateAdHocPrices:
    def test_lists_none_of_them(self, acme: Organization, origin: Origin) -> None:
        product = make(acme, origin)

        [price] = create_ad_hoc_prices(
            product=product, prices=[PriceInput(kind="fixed", fixed_amount=77)], origin=origin
        )

        assert (price.source, price.currency) == (Price.Source.AD_HOC, "usd")
        assert price not in listed_prices(product)


class TestDefaultCurrency:
    def test_stays_while_a_product_lacks_it(self, acme: Organization, origin: Origin) -> None:
        make(acme, origin, TEN, TEN_EUROS)
        plain = make(acme, origin)
        changes = {"default_presentment_currency": "eur"}

        with pytest.raises(ValidationFailed):
            update_organization(organization_id=acme.pk, changes=changes, origin=origin)

        acme.refresh_from_db()
        assert acme.default_presentment_currency == "usd"
        archive_product(product_id=plain.pk, origin=origin)
        update_organization(organization_id=acme.pk, changes=changes, origin=origin)
