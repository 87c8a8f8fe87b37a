import pickle
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Product
from apps.catalog.selectors import priced_products, with_offer
from apps.core.origin import Door, system_origin
from apps.core.prepared import ID_MARK, TEXT_MARK, Prepared
from apps.organizations.models import AccessToken
from apps.organizations.operations import issue_access_token
from tests.support.drafts import make_product
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db


def by_hash(value: Any) -> Any:
    return AccessToken.objects.select_related("organization").filter(
        token_hash=value, revoked_at=None
    )


def fields(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


class TestPrepared:
    def test_gives_what_the_queryset_gives(self):
        prepared = Prepared(by_hash)
        for number in range(3):
            token, _ = issue_access_token(
                organization_id=make_organization(country="FR").pk,
                comment=f"Number {number}",
                scopes=["orders:read", "orders:write"],
                origin=system_origin(Door.COMMAND),
            )
            expected = by_hash(token.token_hash).get()

            with CaptureQueriesContext(connection) as queries:
                found = prepared.first(token.token_hash)
                assert found is not None
                assert fields(found) == fields(expected)
                assert fields(found.organization) == fields(expected.organization)

            assert len(queries) == 1
            assert not found._state.adding
            assert found._state.db == "default"

    def test_finds_nothing_where_there_is_nothing(self):
        prepared = Prepared(by_hash)

        assert prepared.first("") is None
        assert prepared.first("' OR 1=1 --") is None

    def test_takes_several_values(self):
        def build(organization_id: Any, name: Any) -> Any:
            return Product.objects.filter(organization_id=organization_id, name=name)

        prepared = Prepared(build, mark=(ID_MARK, TEXT_MARK))
        product = make_product(make_organization())
        make_product(make_organization())

        assert prepared.rows((product.organization_id, product.name)) == [product]
        assert prepared.count((product.organization_id, product.name)) == 1
        assert prepared.first((product.organization_id, "Another")) is None


class TestLists:
    def test_are_what_the_queryset_gives(self):
        organization = make_organization()
        for number in range(3):
            make_product(organization, name=f"Pen {number}")
        make_product(make_organization())

        def build(pk: Any) -> Any:
            rows = Product.objects.filter(organization_id=pk).order_by("-created_at", "-id")
            return with_offer(rows)

        for limit in (1, 2, 5):
            prepared = Prepared(lambda pk, limit=limit: build(pk)[:limit], mark=ID_MARK)
            expected = list(build(organization.pk)[:limit])

            with CaptureQueriesContext(connection) as queries:
                found = prepared.rows(organization.pk)
            # The products, and what each prefetches.
            assert len(queries) == 4
            assert prepared.count(organization.pk) == 3
            assert [fields(row) for row in found] == [fields(row) for row in expected]
            assert [row.is_used for row in found] == [row.is_used for row in expected]
            assert [[fields(price) for price in row.listed_prices] for row in found] == [
                [fields(price) for price in row.listed_prices] for row in expected
            ]
            with CaptureQueriesContext(connection) as queries:
                assert all(row == price.product for row in found for price in row.listed_prices)
            assert not queries

    def test_are_empty_where_nothing_can_be(self):
        prepared = Prepared(lambda pk: Product.objects.filter(pk=pk).none(), mark=ID_MARK)

        assert prepared.rows(make_organization().pk) == []
        assert prepared.count(make_organization().pk) == 0

    def test_must_ask_for_the_value(self):
        prepared = Prepared(lambda pk: Product.objects.all(), mark=ID_MARK)

        with pytest.raises(ValueError, match="does not ask"):
            prepared.rows(make_organization().pk)

    def test_take_a_list_of_ids(self):
        organization = make_organization()
        ours = [make_product(organization) for _ in range(3)]
        theirs = make_product(make_organization())
        ids = [product.pk for product in [*ours[:2], theirs]]

        for _ in range(3):
            found = priced_products(organization, ids)

            assert set(found) == {ours[0].pk, ours[1].pk}
            assert all(len(product.listed_prices) == 1 for product in found.values())
            assert priced_products(organization, []) == {}

    def test_can_be_changed_and_saved(self):
        organization = make_organization()
        make_product(organization)
        prepared = Prepared(
            lambda pk: Product.objects.select_related("organization").filter(organization_id=pk),
            mark=ID_MARK,
        )
        product = prepared.rows(organization.pk)[0]

        product.name = "Another"
        product.organization = other = make_organization()
        product.save()

        product.refresh_from_db()
        assert (product.name, product.organization_id) == ("Another", other.pk)
        assert product == Product.objects.get(pk=product.pk)
        assert product.get_deferred_fields() == set()
        assert pickle.loads(pickle.dumps(product)) == product

    def test_go_through_a_model_that_makes_itself(self, monkeypatch):
        organization = make_organization()
        make_product(organization)
        seen: list[Any] = []
        original = Product.__init__

        def init(self: Any, *args: Any) -> None:
            original(self, *args)
            seen.append(self)

        monkeypatch.setattr(Product, "__init__", init)
        prepared = Prepared(lambda pk: Product.objects.filter(organization_id=pk), mark=ID_MARK)

        assert prepared.rows(organization.pk) == seen != []


class TestJson:
    @pytest.mark.parametrize(
        "value",
        [{}, [], {"a": [1, 2.5, None, True, 'é\u2028"\\']}, {"deep": {"er": []}}, "text", 7],
    )
    def test_is_read_as_django_reads_it(self, value):
        product = make_product(make_organization())
        Product.objects.filter(pk=product.pk).update(metadata=value)
        prepared = Prepared(lambda pk: Product.objects.filter(pk=pk), mark=ID_MARK)

        found = prepared.first(product.pk)

        assert found is not None
        assert found.metadata == Product.objects.get(pk=product.pk).metadata == value
