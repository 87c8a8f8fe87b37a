"""Checkouts are shown on the websites that their merchant named, or on any where it named none."""

from __future__ import annotations

from typing import Any

import pytest

from apps.checkouts.embedding import may_embed
from apps.organizations.models import Organization
from tests.cases.world import Answer, Merchant
from tests.support.subscribers import make_merchant, make_plan


@pytest.mark.parametrize(
    ("origin", "hosts", "is_allowed"),
    [
        ("https://anywhere.example", [], True),
        ("https://acme.example", ["acme.example"], True),
        ("https://ACME.example:8443/shop?x=1", ["Acme.example"], True),
        ("http://acme.example:8080", ["acme.example:8080"], True),
        ("http://acme.example:9090", ["acme.example:8080"], False),
        ("https://www.acme.example", ["acme.example"], False),
        ("https://www.acme.example", ["*.acme.example"], True),
        ("https://acme.example", ["*.acme.example"], False),
        ("https://evilacme.example", ["*.acme.example", "acme.example"], False),
        ("https://acme.example@evil.example", ["acme.example"], False),
        ("https://acme.example.evil.example", ["acme.example"], False),
        ("https://acme.example", ["https://acme.example/"], True),
    ],
)
def test_hosts_are_compared_whole(origin: str, hosts: list[str], is_allowed: bool) -> None:
    assert may_embed(origin, hosts) is is_allowed


@pytest.mark.django_db
class TestApi:
    @pytest.fixture
    def acme(self) -> Organization:
        return make_merchant(embed_hosts=["acme.example"])

    def make(self, acme: Organization, **more: Any) -> Answer:
        product, _ = make_plan(acme)
        return Merchant(acme).call("POST", "checkouts/", {"products": [str(product.pk)], **more})

    def test_refuses_other_websites(self, acme: Organization) -> None:
        refused = self.make(acme, embed_origin="https://other.example")
        assert (refused.status, refused.body["error"]) == (403, "EmbedHostNotAllowed")
        assert self.make(acme, embed_origin="https://acme.example").status == 201
        assert self.make(acme).status == 201
