"""Lists and record pages: what they cost and how HTMX gets them."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core.ids import new_id
from apps.core.staff import large
from apps.core.staff.records import RecordAdmin
from tests.backoffice.addresses import PAGES, list_of, name_of, page_of, record_admins
from tests.backoffice.world import Sold, make_sale

Staff = Callable[[str], Client]
HTMX = {"HTTP_HX_REQUEST": "true"}
MANY = 30


def queries_of(client: Client, address: str) -> int:
    """How many queries a page needs."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200, address
    return len(captured)


class TestQueries:
    def test_of_every_page_are_the_same_for_one_and_for_many_rows(
        self, staff: Staff, sold: Sold, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # On a busy machine everything takes long enough to be remembered.
        monkeypatch.setattr(large, "QUICK_SECONDS", 1000)
        client = staff("admin")
        addresses = [f"{reverse(name)}?q=buyer" for name in PAGES]
        addresses += [f"{list_of(one)}{query}" for one in record_admins() for query in ("", "?q=m")]
        of_first = {
            "organizations_organization": sold.organization,
            "catalog_product": sold.product,
            "customers_customer": sold.customer,
            "orders_order": sold.order,
            "checkouts_checkout": sold.checkout,
            "payments_payment": sold.payment,
        }
        addresses += [page_of(one, of_first.get(name_of(one))) for one in record_admins()]
        for address in addresses:  # The first visit fills caches.
            client.get(address)
        few = {address: queries_of(client, address) for address in addresses}
        for number in range(2, MANY + 1):
            make_sale(number, organization=sold.organization)
        many = {address: queries_of(client, address) for address in addresses}
        # A list that was empty had no page to read.
        assert {one: few[one] for one in few if not 0 <= many[one] - few[one] <= 1} == {}
        assert max(many.values()) < 40
        lists = [list_of(one) for one in record_admins()]
        assert max(many[address] for address in lists) < 20

    def test_of_a_list_do_not_depend_on_how_many_merchants_there_are(self, staff: Staff) -> None:
        client = staff("admin")
        make_sale(1)
        address = reverse("admin:ledger_account_changelist")
        client.get(address)
        few = queries_of(client, address)
        for number in range(2, 12):
            make_sale(number)
        assert queries_of(client, address) == few


class TestHtmx:
    def test_gets_the_named_part_alone(self, staff: Staff, sold: Sold) -> None:
        client = staff("admin")
        for address in [list_of(one) for one in record_admins()] + [reverse(n) for n in PAGES]:
            whole = client.get(address)
            part = client.get(address, **HTMX)
            assert "HX-Request" in whole["Vary"], address
            assert "HX-Request" in part["Vary"], address
            assert b"<html" in whole.content, address
            assert b"<html" not in part.content, address
            assert part.content.strip() in whole.content or len(part.content) < len(whole.content)

    def test_gets_the_whole_page_when_boosted(self, staff: Staff, sold: Sold) -> None:
        address = reverse("admin:orders_order_changelist")
        page = staff("viewer").get(address, **HTMX, HTTP_HX_BOOSTED="true")
        assert b"<html" in page.content

    def test_links_work_without_it(self, staff: Staff, sold: Sold) -> None:
        for number in range(2, 55):
            make_customer(sold, number)
        address = reverse("admin:customers_customer_changelist")
        page = staff("viewer").get(address).content.decode()
        assert 'href="?p=2" hx-get="/backoffice/customers/customer/?p=2"' in page
        second = staff("viewer").get(f"{address}?p=2").content.decode()
        assert second.count("data-href=") == 4


class TestFilters:
    def test_narrow_and_can_be_taken_off(self, staff: Staff, sold: Sold) -> None:
        other = make_sale(2)
        address = reverse("admin:orders_order_changelist")
        query = f"?organization__id__exact={sold.organization.pk}"
        page = staff("viewer").get(address + query).content.decode()
        assert sold.order.invoice_number in page
        assert other.order.invoice_number not in page
        assert "Organization: Merchant 1" in page

    def test_know_a_deleted_customer_from_a_living_one(self, staff: Staff, sold: Sold) -> None:
        address = reverse("admin:customers_customer_changelist")
        assert "0 customers" in staff("viewer").get(f"{address}?deleted=yes").content.decode()
        assert "1 customer" in staff("viewer").get(f"{address}?deleted=no").content.decode()

    def test_of_an_account_show_both_of_its_sides(self, staff: Staff, sold: Sold) -> None:
        account = sold.organization.accounts.get(kind="merchant_balance")
        address = reverse("admin:ledger_transfer_changelist")
        page = staff("viewer").get(f"{address}?account={account.pk}").content.decode()
        count = account.debits.count() + account.credits.count()
        assert page.count("data-href=") == count > 1

    @pytest.mark.parametrize("value", ["nonsense", "", "00000000-0000-0000-0000-000000000000"])
    def test_survive_nonsense(self, staff: Staff, sold: Sold, value: str) -> None:
        address = reverse("admin:ledger_transfer_changelist")
        assert staff("viewer").get(address, {"account": value}).status_code == 200

    def test_refuse_what_the_database_cannot_be_asked(self, staff: Staff, sold: Sold) -> None:
        client = staff("viewer")
        address = reverse("admin:orders_order_changelist")
        assert client.get(address, {"status__exact": "\0"}).status_code == 400
        assert client.get(address, {"q": "\0"}).status_code == 200


class TestEmpty:
    def test_lists_say_so(self, staff: Staff) -> None:
        client = staff("admin")
        for one in record_admins():
            if name_of(one) in ("accounts_user", "accounts_staffsession"):  # Their own.
                continue
            page = client.get(list_of(one)).content.decode()
            assert one.empty_text in page, name_of(one)


def make_customer(sold: Sold, number: int) -> None:
    """One more buyer of the same merchant."""
    type(sold.customer).objects.create(
        organization=sold.organization,
        email=f"more-{number}@example.com",
        short_id=number,
        created_at=sold.customer.created_at,
    )


def test_every_admin_is_a_record_admin() -> None:
    assert all(isinstance(one, RecordAdmin) for one in record_admins())


class TestChoices:
    def test_of_every_list_can_be_chosen(self, staff: Staff, sold: Sold) -> None:
        client = staff("admin")
        for one in record_admins():
            address = list_of(one)
            listing = client.get(address).context["listing"]
            for spec in listing.filter_specs:
                choices = [dict(choice) for choice in spec.choices(listing)]
                for choice in choices[1:3]:
                    chosen = client.get(address + choice["query_string"])
                    assert chosen.status_code == 200, address + choice["query_string"]

    def test_offer_the_values_of_a_column(self, staff: Staff, sold: Sold) -> None:
        page = staff("admin").get(reverse("admin:events_event_changelist"))
        specs = page.context["listing"].filter_specs
        kinds = next(one for one in specs if one.field_path == "subject_type")
        assert "order" in kinds.lookup_choices

    def test_remember_values_that_take_long_to_find(self, monkeypatch: pytest.MonkeyPatch) -> None:
        key = f"tests:{new_id()}"
        monkeypatch.setattr(large, "QUICK_SECONDS", 1000)
        assert large._remembered(key, ["a"]) == ["a"]
        assert large._remembered(key, ["b"]) == ["b"]
        monkeypatch.setattr(large, "QUICK_SECONDS", -1)
        assert large._remembered(key, ["c"]) == ["c"]
        assert large._remembered(key, ["d"]) == ["c"]


class TestCounts:
    def test_end(self, staff: Staff, sold: Sold, monkeypatch: pytest.MonkeyPatch) -> None:
        for number in range(2, 5):
            make_sale(number, organization=sold.organization)
        client, address = staff("admin"), reverse("admin:customers_customer_changelist")
        assert "4 customers" in client.get(address).content.decode()
        assert "more than" not in client.get(address).content.decode()
        monkeypatch.setattr(large, "COUNTED", 3)
        assert "more than 3 customers" in client.get(address).content.decode()
