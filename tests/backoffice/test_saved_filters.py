"""The filters that staff keep for a list."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.backoffice.models import SavedFilter
from tests.backoffice.world import Sold

Staff = Callable[[str], Client]
LIST = "orders_order"


def save(client: Client, name: str = "Paid ones", query: str = "status__exact=paid&p=2") -> str:
    address = reverse("admin:save_filter", args=[LIST])
    return client.post(address, {"name": name, "query": query}).content.decode()


def listed(client: Client) -> str:
    return client.get(reverse(f"admin:{LIST}_changelist")).content.decode()


class TestSavedFilters:
    def test_are_kept_without_the_page_and_lead_back(self, staff: Staff, sold: Sold) -> None:
        client = staff("viewer")

        assert "Paid ones" in save(client)

        address = f"{reverse(f'admin:{LIST}_changelist')}?status__exact=paid"
        assert f'href="{address}"' in listed(client)
        assert client.get(address).status_code == 200

    def test_are_replaced_by_name(self, staff: Staff, sold: Sold) -> None:
        client = staff("viewer")
        save(client)
        save(client, name=" Paid  ones ", query="q=jane")

        assert [one.query for one in SavedFilter.objects.all()] == ["q=jane"]

    def test_are_nobody_elses(self, staff: Staff, sold: Sold) -> None:
        save(staff("viewer"))
        mine = SavedFilter.objects.get()

        other = staff("support")

        assert "Paid ones" not in listed(other)
        forget = reverse("admin:forget_filter", args=[LIST, mine.pk])
        assert other.post(forget).status_code == 404
        assert SavedFilter.objects.exists()

    def test_are_forgotten(self, staff: Staff, sold: Sold) -> None:
        client = staff("viewer")
        save(client)

        shown = client.post(
            reverse("admin:forget_filter", args=[LIST, SavedFilter.objects.get().pk])
        )

        assert "Paid ones" not in shown.content.decode()
        assert not SavedFilter.objects.exists()

    @pytest.mark.parametrize(
        ("name", "query"),
        [("", "q=a"), ("x" * 61, "q=a"), ("Nothing", "p=3"), ("Long", "q=" + "a" * 1000)],
    )
    def test_are_refused_in_place(self, staff: Staff, sold: Sold, name: str, query: str) -> None:
        assert 'role="alert"' in save(staff("viewer"), name, query)
        assert not SavedFilter.objects.exists()

    def test_need_a_list_that_the_role_opens(self, staff: Staff, sold: Sold) -> None:
        client = staff("viewer")
        for listing in ("processors_inboundevent", "no_list"):
            address = reverse("admin:save_filter", args=[listing])
            assert client.post(address, {"name": "x", "query": "q=a"}).status_code == 404
        assert client.get(reverse("admin:save_filter", args=[LIST])).status_code == 405
