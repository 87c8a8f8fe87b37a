"""`metadata[key]=value` finds what was stored under exactly this key."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from apps.api.metadata import filter_metadata
from apps.catalog.models import Product
from tests.backoffice.world import make_sale

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", ["a", "0", "-1", "99999999999", "٣", "a'\"%s", "{a,b}"])
def test_takes_any_key_as_text(key: str) -> None:
    product = make_sale().product
    Product.objects.filter(pk=product.pk).update(metadata={key: "x", "n": True})

    def found(**wanted: str) -> list[Product]:
        query = {f"metadata[{name}]": value for name, value in wanted.items()}
        request = RequestFactory().get("/v1/products/", query)
        return list(filter_metadata(Product.objects.all(), request))

    assert found(**{key: "x"}) == [product]
    assert found(**{key: "x", "n": "true"}) == [product]
    assert found(**{key: "y"}) == []
