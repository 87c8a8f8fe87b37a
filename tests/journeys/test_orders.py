"""Orders and payments through the SDK."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any
from uuid import uuid4

import httpx
import pytest

from apps.catalog.models import Price, Product
from apps.core.ids import new_id
from apps.core.origin import Door, system_origin
from apps.customers.inputs import CustomerInput
from apps.customers.models import Customer
from apps.customers.operations import create_customer
from apps.orders.models import Order
from apps.orders.operations import Purchase, create_purchase_order
from apps.payments.models import Payment
from tests.support.merchants import Merchant


@pytest.fixture
def product(polar: Any) -> Any:
    price = {"amount_type": "fixed", "price_amount": 1000, "price_currency": "usd"}
    return polar.products.create(name="=Handbook", prices=[price])


def sell(merchant: Merchant, product: Any, email: str, **values: Any) -> Order:
    """An order as a paid checkout leaves it."""
    origin = system_origin(Door.COMMAND)
    customer = Customer.objects.filter(organization=merchant.organization, email=email).first()
    if customer is None:
        customer = create_customer(
            organization=merchant.organization, data=CustomerInput(email=email), origin=origin
        )
    facts = {"currency": "usd", "subtotal_amount": 1000, "net_amount": 1000, "metadata": {}}
    return create_purchase_order(
        purchase=Purchase(
            organization=merchant.organization,
            customer=customer,
            product=Product.objects.get(pk=product.id),
            price=Price.objects.filter(product_id=product.id).first(),
            checkout_id=new_id(),
            label=product.name,
            discount_amount=0,
            tax_amount=0,
            tax_behavior="exclusive",
            **{**facts, **values},
        ),
        origin=origin,
    )


class TestListOrders:
    def test_filters_and_sorts(self, polar: Any, product: Any, merchant: Merchant) -> None:
        first = sell(merchant, product, "ada@example.com", metadata={"a": "1"})
        second = sell(merchant, product, "bob@example.com", net_amount=500, metadata={"a": "2"})

        def ids(**query: Any) -> list[str]:
            return [row.id for row in polar.orders.list(**query).items]

        one, two = str(first.pk), str(second.pk)
        assert ids() == [two, one]
        assert ids(sorting=["created_at"]) == [one, two]
        assert ids(sorting=["net_amount"]) == [two, one]
        assert ids(sorting=["-invoice_number", "customer"]) in ([one, two], [two, one])
        assert ids(metadata={"a": "1"}) == [one]
        assert ids(metadata={"a": ["1", "2"]}) == [two, one]
        assert ids(customer_id=str(first.customer_id)) == [one]
        assert ids(checkout_id=str(second.checkout_id)) == [two]
        assert ids(product_billing_type="one_time") == [two, one]
        assert ids(product_billing_type="recurring") == []
        assert ids(status="refunded") == []
        assert ids(discount_id=str(uuid4())) == []
        assert ids(created_after="2100-01-01T00:00:00Z") == []
        assert ids(created_before="2100-01-01T00:00:00Z", status=["paid"]) == [two, one]
        assert len(list(polar.orders.iter_list(limit=1))) == 2

    def test_refuses_what_it_does_not_know(self, polar: Any, errors: Any) -> None:
        for query in ({"sorting": ["size"]}, {"status": "lost"}, {"created_after": "now"}):
            with pytest.raises(errors.HTTPValidationError):
                polar.orders.list(**query)


class TestGetOrder:
    def test_gives_every_field(self, polar: Any, product: Any, merchant: Merchant) -> None:
        order = polar.orders.get(str(sell(merchant, product, "ada@example.com").pk))

        assert (order.status, order.paid, order.due_amount) == ("paid", True, 1000)
        assert order.billing_reason == "purchase"
        assert order.refundable_amount == 1000
        assert order.product.name == "=Handbook"
        assert order.description == "=Handbook"
        assert order.items[0].amount == 1000
        assert order.subscription is None and order.discount is None

    def test_hides_others(
        self, polar: Any, product: Any, merchant: Merchant, stranger: Merchant, errors: Any
    ) -> None:
        order = sell(merchant, product, "ada@example.com")
        with stranger.polar() as other:
            from polar.v2026_04 import errors as own

            for call in (
                other.orders.get,
                other.orders.update,
                other.orders.finalize,
                other.orders.invoice,
                other.orders.generate_invoice,
                other.orders.receipt,
            ):
                with pytest.raises(own.ResourceNotFound):
                    call(str(order.pk))
        with pytest.raises(errors.ResourceNotFound):
            polar.orders.get(str(uuid4()))


class TestUpdateOrder:
    def test_changes_billing_details(
        self, polar: Any, product: Any, merchant: Merchant, errors: Any
    ) -> None:
        home = {"country": "FR", "city": "Paris"}
        order = sell(merchant, product, "ada@example.com", billing_address=home | {"state": None})

        changed = polar.orders.update(
            str(order.pk), billing_name="Ada SARL", billing_address=home | {"city": "Lyon"}
        )
        assert (changed.billing_name, changed.billing_address.city) == ("Ada SARL", "Lyon")

        with pytest.raises(errors.HTTPValidationError) as refusal:
            polar.orders.update(str(order.pk), billing_address={"country": "DE"})
        assert refusal.value.error.detail[0].loc == ["body", "billing_address", "country"]


def here(url: str, merchant: Merchant) -> str:
    """The address on the server of this test; links are built on the configured one."""
    return merchant.url + url[url.index("/documents/") :]


class TestInvoiceAndFinalize:
    def test_answer_in_the_sdks_own_errors(
        self, polar: Any, product: Any, merchant: Merchant, errors: Any
    ) -> None:
        order = sell(merchant, product, "ada@example.com")
        id_ = str(order.pk)
        with pytest.raises(errors.ResourceNotFound):
            polar.orders.invoice(id_)
        with pytest.raises(errors.ResourceNotFound):
            polar.orders.receipt(id_)
        with pytest.raises(errors.MissingInvoiceBillingDetails):
            polar.orders.generate_invoice(id_)
        with pytest.raises(errors.OrderNotDraft):
            polar.orders.finalize(id_)

        polar.orders.update(id_, billing_name="Ada", billing_address={"country": "FR"})
        assert polar.orders.generate_invoice(id_) is None
        assert polar.orders.generate_invoice(id_) is None
        page = httpx.get(here(polar.orders.invoice(id_).url, merchant))
        assert page.status_code == 200
        assert "Ada" in page.text
        assert (order.invoice_number or "?") in page.text
        assert httpx.get(f"{merchant.url}/documents/invoices/forged").status_code == 404

        Order.objects.filter(pk=order.pk).update(status="draft")
        with pytest.raises(errors.OrderNotEligibleForInvoice):
            polar.orders.generate_invoice(id_)
        with pytest.raises(errors.OrdersFinalize403Error) as refusal:
            polar.orders.finalize(id_)
        assert refusal.value.error.error == "OffSessionChargesNotEnabled"


class TestExportOrders:
    def test_writes_each_currency_in_its_own_units(
        self, polar: Any, product: Any, merchant: Merchant, errors: Any
    ) -> None:
        sell(merchant, product, "ada@example.com", net_amount=1234)
        sell(merchant, product, "ada@example.com", currency="jpy", net_amount=1234)
        columns = ["email", "product", "net_amount", "currency", "created_at"]

        text = polar.orders.export(columns=columns, timezone="Asia/Tokyo")
        header, *lines = csv.reader(StringIO(text))

        assert header == ["Email", "Product", "Net Amount", "Currency", "Created At"]
        assert [line[2:4] for line in lines] == [["1234", "jpy"], ["12.34", "usd"]]
        assert lines[0][1] == "'=Handbook"
        assert lines[0][4].endswith("+09:00")
        assert len(next(csv.reader(StringIO(polar.orders.export())))) == 7
        for query in ({"timezone": "Mars/Base"}, {"columns": ["size"]}):
            with pytest.raises(errors.HTTPValidationError):
                polar.orders.export(**query)


class TestPayments:
    def test_are_listed_and_found(
        self, polar: Any, product: Any, merchant: Merchant, stranger: Merchant, errors: Any
    ) -> None:
        order = sell(merchant, product, "ada@example.com")
        kinds = {"card": {"brand": "visa", "last4": "4242", "funding": "x"}, "paypal": {}}
        made = [
            Payment.objects.create(
                created_at=order.created_at,
                organization=merchant.organization,
                customer=order.customer,
                order=order,
                checkout_id=order.checkout_id,
                processor_id=f"ch_{uuid4().hex}",
                status="succeeded",
                amount=amount,
                currency="usd",
                method=method,
                method_metadata=facts,
                email="ada@example.com",
            )
            for amount, (method, facts) in enumerate(kinds.items(), 1)
        ]

        def ids(**query: Any) -> list[str]:
            return [row.id for row in polar.payments.list(**query).items]

        card, paypal = (str(payment.pk) for payment in made)
        assert ids(sorting=["amount"]) == [card, paypal]
        assert ids(method="paypal") == [paypal]
        assert ids(order_id=str(order.pk), sorting=["-amount"]) == [paypal, card]
        assert ids(customer_email="nobody@example.com") == []
        assert ids(status=["failed"]) == []
        assert polar.payments.get(card).method_metadata.brand == "visa"
        with stranger.polar() as other:
            from polar.v2026_04 import errors as own

            with pytest.raises(own.ResourceNotFound):
                other.payments.get(card)
        with pytest.raises(errors.HTTPValidationError):
            polar.payments.get("nonsense")
