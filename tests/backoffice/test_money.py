"""The pages that say where the money is."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from apps.payments.models import Refund
from apps.payouts.selectors import whereabouts_of
from apps.payouts.whereabouts import PLACES
from tests.backoffice.world import Sold, make_organization, make_sale

Staff = Callable[[str], Client]
HTMX = {"HX-Request": "true"}


def read(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


class TestOfOneMerchant:
    def address(self, sold: Sold) -> str:
        return reverse("admin:money_of", args=[sold.organization.pk])

    def test_shows_every_place_and_their_sum(self, staff: Staff, sold: Sold) -> None:
        text = read(staff("viewer"), self.address(sold))
        found = whereabouts_of(sold.organization.pk, at=sold.order.created_at)
        for place in found.places:
            assert place.title in text and f"${place.amount / 100:,.2f}".replace("$-", "-$") in text
        assert f"${found.ledger_amount / 100:,.2f}" in text

    def test_opens_each_figure_down_to_its_transfers(self, staff: Staff, sold: Sold) -> None:
        client = staff("viewer")
        for key in PLACES:
            text = read(client, f"{self.address(sold)}?place={key}", **HTMX)
            assert "<html" not in text and f"Transfers of {key.replace('_', ' ')}" in text
        held = read(client, f"{self.address(sold)}?place=held", **HTMX)
        assert "A question about it" in held and "/ledger/transfer/" in held

    def test_says_what_buyers_were_promised(self, staff: Staff, sold: Sold) -> None:
        Refund.objects.filter(organization=sold.organization).update(status="pending")
        text = read(staff("viewer"), f"{self.address(sold)}?place=settled")
        assert "Promised to buyers" in text and "/payments/refund/" in text

    def test_knows_no_other_place_and_no_other_merchant(self, staff: Staff, sold: Sold) -> None:
        client = staff("viewer")
        assert client.get(f"{self.address(sold)}?place=nowhere").status_code == 404
        other = reverse("admin:money_of", args=[sold.customer.pk])
        assert client.get(other).status_code == 404

    def test_is_linked_from_the_organization(self, staff: Staff, sold: Sold) -> None:
        page = reverse("admin:organizations_organization_change", args=[sold.organization.pk])
        assert self.address(sold) in read(staff("viewer"), page)

    def test_pages_the_transfers(self, staff: Staff, sold: Sold) -> None:
        for number in range(2, 40):
            make_sale(number, sold.organization)
        text = read(staff("viewer"), f"{self.address(sold)}?place=maturing", **HTMX)
        assert "1 of " in text and "page=2&amp;place=maturing" in text


class TestOfAll:
    def test_lists_and_finds_merchants_with_what_they_have(self, staff: Staff, sold: Sold) -> None:
        other = make_organization(77)
        client = staff("viewer")
        text = read(client, reverse("admin:money"))
        assert sold.organization.name in text and other.name in text
        found = read(client, f"{reverse('admin:money')}?q={other.slug}", **HTMX)
        assert other.name in found and sold.organization.slug not in found

    def test_takes_as_many_queries_for_many_as_for_one(
        self, staff: Staff, sold: Sold, django_assert_max_num_queries: object
    ) -> None:
        client = staff("viewer")
        for number in range(2, 6):
            make_sale(number)
        with django_assert_max_num_queries(12):  # type: ignore[operator]
            read(client, reverse("admin:money"))
