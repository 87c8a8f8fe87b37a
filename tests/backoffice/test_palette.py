"""What the command palette offers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.backoffice.world import Sold, make_sale

Staff = Callable[[str], Client]


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def links(client: Client, term: str) -> list[str]:
    page = client.get(reverse("admin:search"), {"s": term, "extended": "1"}).content.decode()
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', page)]


def verb_of(sold: Sold, name: str) -> str:
    page = reverse("admin:customers_customer_change", args=[sold.customer.pk])
    return f"{page}#do={reverse(f'admin:customers_customer_{name}', args=[sold.customer.pk])}"


class TestCommandResults:
    def test_offers_what_can_be_done_with_the_record_that_is_meant(
        self, staff: Staff, sold: Sold
    ) -> None:
        found = links(staff("support"), str(sold.customer.email))

        assert verb_of(sold, "merge") in found
        assert verb_of(sold, "change_email") in found
        # Who is not deleted cannot be restored.
        assert verb_of(sold, "restore") not in found

    def test_offers_nothing_that_the_role_may_not_do(self, staff: Staff, sold: Sold) -> None:
        found = links(staff("viewer"), str(sold.customer.email))

        assert reverse("admin:customers_customer_change", args=[sold.customer.pk]) in found
        assert not [link for link in found if "#do=" in link]

    @pytest.mark.parametrize("order", ["merge {}", "{} merge"])
    def test_understands_a_verb_beside_the_record(
        self, staff: Staff, sold: Sold, order: str
    ) -> None:
        found = links(staff("support"), order.format(sold.customer.email))

        assert verb_of(sold, "merge") in found
        assert verb_of(sold, "remove") not in found

    def test_does_not_guess_among_many(self, staff: Staff, sold: Sold) -> None:
        for number in range(2, 6):
            make_sale(number, sold.organization)

        found = links(staff("support"), "buyer-")

        assert not [link for link in found if "customers/customer" in link and "#do=" in link]

    def test_leads_to_pages_and_verbs_of_lists(self, staff: Staff, sold: Sold) -> None:
        assert reverse("admin:periodic_jobs") in links(staff("viewer"), "periodic")
        adjusted = reverse("admin:wallets_wallet_adjust_first")
        assert f"{reverse('admin:wallets_wallet_changelist')}#do={adjusted}" in links(
            staff("finance"), "adjust a"
        )
