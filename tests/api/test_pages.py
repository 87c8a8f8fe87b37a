"""Lists whose SQL is kept serve every organization its own, and every query anew."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.api import pages
from apps.organizations.models import Organization
from tests.support.drafts import make_product
from tests.support.merchants import make_organization, make_token

pytestmark = pytest.mark.django_db


def listed(organization: Organization, query: str = "") -> dict[str, Any]:
    client = Client(headers={"Authorization": f"Bearer {make_token(organization)}"})
    response = client.get(f"/v1/products/{query}")
    assert response.status_code == 200
    return response.json()


def names(organization: Organization, query: str = "") -> list[str]:
    return [item["name"] for item in listed(organization, query)["items"]]


class TestPaginateOwn:
    def test_gives_each_organization_its_own(self) -> None:
        ours, theirs = make_organization(), make_organization()
        make_product(ours, name="Ours")
        make_product(theirs, name="Theirs")

        for _ in range(3):
            assert names(ours) == ["Ours"]
            assert names(theirs) == ["Theirs"]
            assert names(ours, f"?organization_id={theirs.pk}") == []
            assert names(theirs, f"?organization_id={theirs.pk}") == ["Theirs"]

    def test_sees_what_is_new(self) -> None:
        organization = make_organization()
        for number in range(12):
            assert listed(organization)["pagination"] == {
                "total_count": number,
                "max_page": (number + 9) // 10,
            }
            make_product(organization, name=f"Number {number:02}")

        assert names(organization, "?limit=5&page=3&sorting=name") == ["Number 10", "Number 11"]
        assert names(organization, "?limit=5&page=1&sorting=-name")[0] == "Number 11"
        assert names(organization, "?limit=5&page=4&sorting=name") == []

    def test_forgets_before_it_holds_too_much(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pages, "REMEMBERED", 3)
        organization = make_organization()
        make_product(organization, name="Pen")

        for number in range(10):
            assert names(organization, f"?query=pen&limit={number + 1}") == ["Pen"]
            assert len(pages._lists) <= 3
        assert names(organization, "?query=" + "x" * 1000) == []
        assert all(len(query) < 1000 for _, query in pages._lists)
