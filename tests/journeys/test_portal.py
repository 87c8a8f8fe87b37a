"""What customers see and change of themselves and their orders, through the SDK."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from apps.customers.models import Customer
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import PaymentMethod
from tests.journeys.portals import member_token, portal_of
from tests.support.drafts import make_buyer
from tests.support.merchants import Merchant
from tests.support.stock import Stock, make_stock


@pytest.fixture
def stock(merchant: Merchant) -> Stock:
    return make_stock(merchant.organization)


@pytest.fixture
def portal(merchant: Merchant, stock: Stock, version: str) -> Iterator[Any]:
    with portal_of(stock.customer, merchant.url, version) as portal:
        yield portal


@pytest.fixture
def employee(merchant: Merchant, stock: Stock, version: str) -> Iterator[Any]:
    """A plain member of the same customer."""
    token = member_token(stock.customer)
    with portal_of(stock.customer, merchant.url, version, token) as portal:
        yield portal


class TestSession:
    def test_tells_who_holds_it(self, portal: Any, stock: Stock) -> None:
        session = portal.customer_portal.customer_session.introspect()
        user = portal.customer_portal.customer_session.get_authenticated_user()

        assert session.expires_at and session.return_url is None
        assert (user.type, user.role) == ("member", "owner")
        assert (user.email, user.customer_id) == (stock.customer.email, str(stock.customer.pk))


class TestCustomer:
    def test_sees_and_changes_what_they_are_billed_by(self, portal: Any, stock: Stock) -> None:
        before = portal.customer_portal.customers.get()
        assert before.id == str(stock.customer.pk)
        assert [one.account_username for one in before.oauth_accounts.values()] == ["ada"]

        after = portal.customer_portal.customers.update(
            billing_name="Ada Ltd",
            billing_address={"country": "FR", "city": "Lyon", "postal_code": "69001"},
            tax_id="FR61954506077",
            default_payment_method_id=str(stock.method.pk),
        )

        assert (after.billing_name, after.billing_address.city) == ("Ada Ltd", "Lyon")
        assert after.tax_id == ["FR61954506077", "eu_vat"]
        assert after.default_payment_method_id == str(stock.method.pk)
        assert portal.customer_portal.customers.get() == after

    def test_changes_all_or_nothing(
        self, portal: Any, stock: Stock, stranger: Merchant, errors: Any
    ) -> None:
        foreign = make_stock(stranger.organization).method
        with pytest.raises(errors.HTTPValidationError) as refusal:
            portal.customer_portal.customers.update(
                billing_name="Ada Ltd", default_payment_method_id=str(foreign.pk)
            )

        assert refusal.value.error.detail[0].loc == ["body", "default_payment_method_id"]
        stock.customer.refresh_from_db()
        assert stock.customer.billing_name is None

    def test_lists_what_they_are_charged_with(self, portal: Any, stock: Stock) -> None:
        listed = portal.customer_portal.customers.list_payment_methods()

        assert [row.id for row in listed.items] == [str(stock.method.pk)]
        assert listed.items[0].method_metadata.last4 == "4242"


class TestPlainMember:
    def test_sees_nothing_of_what_is_paid(self, employee: Any, stock: Stock, errors: Any) -> None:
        Customer.objects.filter(pk=stock.customer.pk).update(billing_name="Ada Ltd")

        assert employee.customer_portal.customer_session.get_authenticated_user().role == "member"
        assert employee.customer_portal.customers.get().billing_name is None
        for part in (
            employee.customer_portal.orders,
            employee.customer_portal.subscriptions,
            employee.customer_portal.wallets,
        ):
            assert part.list().items == []
        assert employee.customer_portal.customers.list_payment_methods().items == []
        for call, row in (
            (employee.customer_portal.orders.get, stock.order),
            (employee.customer_portal.orders.receipt, stock.order),
            (employee.customer_portal.subscriptions.get, stock.subscription),
            (employee.customer_portal.subscriptions.cancel, stock.subscription),
            (employee.customer_portal.wallets.get, stock.wallet),
            (employee.customer_portal.customers.delete_payment_method, stock.method),
        ):
            with pytest.raises(errors.ResourceNotFound):
                call(str(row.pk))
        assert PaymentMethod.objects.get(pk=stock.method.pk).deleted_at is None

    def test_changes_nothing_of_it(self, employee: Any, stock: Stock) -> None:
        for call in (
            lambda: employee.customer_portal.customers.update(billing_name="Mine"),
            lambda: employee.customer_portal.customers.add_payment_method(
                confirmation_token_id="x", set_default=True, return_url="https://example.com"
            ),
            lambda: employee.customer_portal.customers.request_email_update(
                email="mine@example.com"
            ),
        ):
            with pytest.raises(Exception, match="NotPermitted") as refusal:
                call()
            assert refusal.value.status_code == 403  # type: ignore[attr-defined]
        stock.customer.refresh_from_db()
        assert stock.customer.billing_name is None

    def test_is_told_apart_from_a_billing_manager(
        self, merchant: Merchant, stock: Stock, version: str
    ) -> None:
        token = member_token(stock.customer, "billing_manager")
        with portal_of(stock.customer, merchant.url, version, token) as manager:
            assert [row.id for row in manager.customer_portal.orders.list().items] == [
                str(stock.order.pk)
            ]


class TestOrders:
    def test_are_listed_and_found(self, portal: Any, stock: Stock) -> None:
        listed = portal.customer_portal.orders.list()
        order = portal.customer_portal.orders.get(str(stock.order.pk))

        assert listed.items == [order]
        assert order.product.name == stock.product.name
        assert order.product.prices[0].price_amount == 1000
        assert order.product.benefits[0].id == str(stock.license_key.benefit_id)
        assert order.product.organization.slug == stock.organization.slug
        assert order.items[0].label == order.description
        for query, count in (
            ({"product_id": str(stock.product.pk)}, 1),
            ({"product_id": str(stock.subscription.product_id)}, 0),
            ({"product_billing_type": "one_time"}, 1),
            ({"product_billing_type": "recurring"}, 0),
            ({"subscription_id": str(stock.subscription.pk)}, 0),
            ({"query": stock.product.name[:6]}, 1),
            ({"query": "nothing of the kind"}, 0),
            ({"sorting": ["product", "-amount"]}, 1),
        ):
            assert portal.customer_portal.orders.list(**query).pagination.total_count == count, (
                query
            )

    def test_hide_drafts(self, portal: Any, stock: Stock, errors: Any) -> None:
        Order.objects.filter(pk=stock.order.pk).update(status="draft")

        assert portal.customer_portal.orders.list().items == []
        with pytest.raises(errors.ResourceNotFound):
            portal.customer_portal.orders.get(str(stock.order.pk))

    def test_of_others_are_not_there(
        self, stock: Stock, merchant: Merchant, version: str, errors: Any
    ) -> None:
        neighbour = make_buyer(merchant.organization)
        with portal_of(neighbour, merchant.url, version) as portal:
            for call, row in (
                (portal.customer_portal.orders.get, stock.order),
                (portal.customer_portal.orders.confirm_retry_payment, stock.order),
                (portal.customer_portal.subscriptions.get, stock.subscription),
                (portal.customer_portal.subscriptions.cancel, stock.subscription),
                (portal.customer_portal.wallets.get, stock.wallet),
                (portal.customer_portal.customers.delete_payment_method, stock.method),
            ):
                with pytest.raises(errors.ResourceNotFound):
                    call(str(row.pk))
            for part in (
                portal.customer_portal.orders,
                portal.customer_portal.subscriptions,
                portal.customer_portal.wallets,
            ):
                assert part.list().items == []

    def test_are_billed_as_the_customer_says_until_there_is_an_invoice(
        self, portal: Any, stock: Stock, merchant: Merchant, errors: Any
    ) -> None:
        key = str(stock.order.pk)
        with pytest.raises(errors.ResourceNotFound):
            portal.customer_portal.orders.invoice(key)
        with pytest.raises(errors.MissingInvoiceBillingDetails):
            portal.customer_portal.orders.generate_invoice(key)

        changed = portal.customer_portal.orders.update(
            key, billing_name="Ada Ltd", billing_address={"country": "FR", "city": "Lyon"}
        )
        assert (changed.billing_name, changed.billing_address.city) == ("Ada Ltd", "Lyon")
        assert portal.customer_portal.orders.generate_invoice(key) is None
        assert portal.customer_portal.orders.generate_invoice(key) is None
        page = httpx.get(_here(portal.customer_portal.orders.invoice(key).url, merchant)).text
        assert "Ada Ltd" in page and "Lyon" in page

        portal.customer_portal.orders.update(key, billing_name="Ada Ltd")
        with pytest.raises(errors.HTTPValidationError) as refusal:
            portal.customer_portal.orders.update(key, billing_name="Somebody Else")
        assert refusal.value.error.detail[0].loc == ["body", "billing_name"]
        assert portal.customer_portal.orders.get(key).billing_name == "Ada Ltd"

    def test_have_a_receipt_once_paid(
        self, portal: Any, stock: Stock, merchant: Merchant, errors: Any
    ) -> None:
        key = str(stock.order.pk)
        assert portal.customer_portal.orders.get_payment_status(key).status == "succeeded"
        with pytest.raises(errors.ResourceNotFound):
            portal.customer_portal.orders.receipt(key)

        Order.objects.filter(pk=key).update(receipt_number=f"R-{key}")

        page = httpx.get(_here(portal.customer_portal.orders.receipt(key).url, merchant))
        assert page.status_code == 200 and f"R-{key}" in page.text


class TestWallets:
    def test_are_listed_and_found(self, portal: Any, stock: Stock) -> None:
        wallet = portal.customer_portal.wallets.get(str(stock.wallet.pk))

        assert (
            portal.customer_portal.wallets.list().items
            == portal.customer_portal.wallets.list(sorting=["balance"]).items
        )
        assert portal.customer_portal.wallets.list().items == [wallet]
        assert (wallet.balance, wallet.currency) == (0, "usd")


class TestOrganization:
    def test_is_found_by_its_slug_with_what_is_for_sale(
        self, portal: Any, stock: Stock, errors: Any
    ) -> None:
        found = portal.customer_portal.organizations.get(
            stock.organization.slug, request_access_token="none"
        )

        assert found.organization.id == str(stock.organization.pk)
        assert found.organization.customer_portal_settings.subscription.update_plan is True
        names = {product.name for product in found.products}
        assert stock.product.name in names

        stock.product.__class__.objects.filter(pk=stock.product.pk).update(visibility="private")
        names = {
            one.name
            for one in portal.customer_portal.organizations.get(stock.organization.slug).products
        }
        assert stock.product.name not in names
        Organization.objects.filter(pk=stock.organization.pk).update(
            deleted_at=stock.order.created_at
        )
        with pytest.raises(errors.ResourceNotFound):
            portal.customer_portal.organizations.get(stock.organization.slug)


def _here(url: str, merchant: Merchant) -> str:
    """The address, at the server of the test."""
    return f"{merchant.url}{urlsplit(url).path}"
