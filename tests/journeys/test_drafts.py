"""Draft orders through the SDK: made, charged without the customer, refused."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest

from apps.customers.models import Customer
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import PaymentMethod
from tests.support.drafts import (
    allow_off_session,
    charges_of,
    is_booked,
    make_buyer,
    make_draft,
    make_product,
    require_one_charge,
    save_card,
)
from tests.support.merchants import make_merchant
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]

DECLINES_LATER = "pm_card_chargeCustomerFail"


@pytest.fixture
def polar(till: Till, version: str) -> Any:
    with till.merchant.polar(version) as client:
        yield client


@pytest.fixture
def modern(till: Till) -> Any:
    with till.merchant.polar("2027-01") as client:
        yield client


@pytest.fixture
def refusals() -> Any:
    return import_module("polar.v2027_01.errors")


@pytest.fixture
def organization(till: Till) -> Organization:
    allow_off_session(till.merchant.organization)
    return till.merchant.organization


@pytest.fixture
def customer(organization: Organization) -> Customer:
    return make_buyer(organization)


class TestCreateDraft:
    def test_gives_an_order_without_invoice_number(
        self, polar: Any, organization: Organization, customer: Customer
    ) -> None:
        product = make_product(organization)
        order = polar.orders.create(
            customer_id=str(customer.pk),
            product_id=str(product.pk),
            amount=2500,
            description="5,000 tokens",
            metadata={"campaign": "spring"},
        )

        assert (order.status, order.paid, order.invoice_number) == ("draft", False, None)
        assert (order.subtotal_amount, order.total_amount, order.due_amount) == (2500,) * 3
        assert (order.currency, order.billing_reason) == ("usd", "purchase")
        assert order.description == order.items[0].label == "5,000 tokens"
        assert order.metadata == {"campaign": "spring"}
        assert order.billing_name == "Ada Buyer"
        assert polar.orders.list(status="draft").items == [order]

    def test_takes_the_price_where_no_amount_is_given(
        self, modern: Any, organization: Organization, customer: Customer
    ) -> None:
        product = make_product(organization, 0)
        ids = {"customer_id": str(customer.pk), "product_id": str(product.pk)}
        assert modern.orders.create(**ids).total_amount == 0
        assert modern.orders.create(**ids, amount=99_999_999).total_amount == 99_999_999

    def test_names_what_is_wrong(
        self, polar: Any, errors: Any, organization: Organization, customer: Customer
    ) -> None:
        product = make_product(organization)
        monthly = make_product(organization, recurring_interval="month", recurring_interval_count=1)
        nowhere = polar.customers.create(email="nowhere@example.com")
        american = polar.customers.create(email="us@example.com", billing_address={"country": "US"})
        good = {"customer_id": str(customer.pk), "product_id": str(product.pk)}
        for wrong, place in (
            ({"customer_id": str(uuid4())}, "customer_id"),
            ({"customer_id": nowhere.id}, "customer_id"),
            ({"customer_id": american.id}, "customer_id"),
            ({"product_id": str(uuid4())}, "product_id"),
            ({"product_id": str(monthly.pk)}, "product_id"),
            ({"currency": "eur"}, "currency"),
            ({"amount": 49}, "amount"),
            ({"amount": 100_000_000}, "amount"),
            ({"amount": -1}, "amount"),
            ({"units": 2}, "units"),
            ({"metadata": {"a": []}}, "metadata"),
        ):
            with pytest.raises(errors.HTTPValidationError) as refusal:
                polar.orders.create(**{**good, **wrong})
            assert refusal.value.error.detail[0].loc[:2] == ["body", place]
        assert not Order.objects.exists()

    def test_hides_what_is_anothers(
        self, till: Till, modern: Any, refusals: Any, customer: Customer
    ) -> None:
        stranger = make_merchant(till.url, "Stranger").organization
        own, other = make_product(till.merchant.organization), make_product(stranger)
        for body in (
            {"customer_id": str(customer.pk), "product_id": str(other.pk)},
            {"customer_id": str(make_buyer(stranger).pk), "product_id": str(own.pk)},
        ):
            with pytest.raises(refusals.HTTPValidationError):
                modern.orders.create(**body)

    def test_needs_the_feature(self, till: Till, modern: Any) -> None:
        organization = till.merchant.organization
        with till.merchant.http() as http:
            answer = http.post(
                "/v1/orders/",
                json={
                    "customer_id": str(make_buyer(organization).pk),
                    "product_id": str(make_product(organization).pk),
                },
            )
        assert (answer.status_code, answer.json()["error"]) == (403, "OffSessionChargesNotEnabled")


class TestFinalize:
    def test_charges_the_default_method_and_balances_the_books(
        self, polar: Any, till: Till, organization: Organization, customer: Customer
    ) -> None:
        save_card(till, customer)
        draft = make_draft(organization, customer)

        order = polar.orders.finalize(str(draft.pk))

        assert (order.status, order.paid) == ("paid", True)
        assert order.invoice_number and order.receipt_number
        [payment] = polar.payments.list(order_id=order.id).items
        assert (payment.status, payment.amount, payment.trigger) == ("succeeded", 2000, "purchase")
        till.settle_until(lambda: is_booked(draft))
        require_one_charge(till, draft)

    def test_charges_the_method_asked_for(
        self, modern: Any, till: Till, organization: Organization, customer: Customer
    ) -> None:
        save_card(till, customer, DECLINES_LATER)
        chosen = save_card(till, customer, "pm_card_mastercard")
        draft = make_draft(organization, customer)

        order = modern.orders.finalize(str(draft.pk), payment_method_id=str(chosen.pk))

        assert order.status == "paid"
        [charge] = charges_of(till, draft)
        assert charge.payment_method == chosen.processor_id

    def test_needs_no_method_where_nothing_is_due(
        self, modern: Any, organization: Organization, customer: Customer
    ) -> None:
        order = modern.orders.finalize(str(make_draft(organization, customer, 0).pk))

        assert (order.status, order.receipt_number) == ("paid", None)
        assert order.invoice_number

    def test_leaves_a_draft_after_a_decline(
        self, polar: Any, errors: Any, till: Till, organization: Organization, customer: Customer
    ) -> None:
        save_card(till, customer, DECLINES_LATER)
        draft = make_draft(organization, customer)
        for _ in range(2):
            with pytest.raises(errors.OrdersFinalize402Error) as refusal:
                polar.orders.finalize(str(draft.pk))
            assert refusal.value.error.error == "PaymentFailed"
            assert polar.orders.get(str(draft.pk)).status == "draft"
        till.settle()
        assert polar.orders.get(str(draft.pk)).invoice_number is None

        good = save_card(till, customer)
        assert polar.orders.finalize(str(draft.pk), payment_method_id=str(good.pk)).paid
        till.settle_until(lambda: is_booked(draft))
        require_one_charge(till, draft)

    def test_asks_for_the_customer_where_the_bank_does(
        self, polar: Any, errors: Any, till: Till, organization: Organization, customer: Customer
    ) -> None:
        save_card(till, customer, "pm_card_authenticationRequired")
        draft = make_draft(organization, customer)

        with pytest.raises(errors.OrdersFinalize402Error) as refusal:
            polar.orders.finalize(str(draft.pk))

        assert refusal.value.error.error == "PaymentActionRequired"
        assert polar.orders.get(str(draft.pk)).status == "draft"

    def test_refuses_in_the_sdks_own_errors(
        self, polar: Any, errors: Any, till: Till, organization: Organization, customer: Customer
    ) -> None:
        draft = make_draft(organization, customer)
        id_ = str(draft.pk)
        with pytest.raises(errors.OrdersFinalize402Error) as refusal:
            polar.orders.finalize(id_)
        assert refusal.value.error.error == "PaymentFailed"

        foreign = save_card(till, make_buyer(organization))
        for method in (str(foreign.pk), str(uuid4())):
            with pytest.raises(errors.HTTPValidationError) as wrong:
                polar.orders.finalize(id_, payment_method_id=method)
            assert wrong.value.error.detail[0].loc == ["body", "payment_method_id"]
        with pytest.raises(errors.ResourceNotFound):
            polar.orders.finalize(str(uuid4()))

        save_card(till, customer)
        Organization.objects.filter(pk=organization.pk).update(
            capabilities={**organization.capabilities, "checkout_payments": False}
        )
        with pytest.raises(errors.OrdersFinalize403Error) as unready:
            polar.orders.finalize(id_)
        assert unready.value.error.error == "OrganizationNotReadyForPayments"
        Organization.objects.filter(pk=organization.pk).update(
            capabilities=organization.capabilities
        )

        assert polar.orders.finalize(id_).paid
        with pytest.raises(errors.OrderNotDraft):
            polar.orders.finalize(id_)

    def test_forgets_a_method_that_was_detached_over_there(
        self, modern: Any, refusals: Any, till: Till, organization: Organization, customer: Customer
    ) -> None:
        method = save_card(till, customer)
        till.sim.client().v1.payment_methods.detach(method.processor_id)

        with pytest.raises(refusals.OrdersFinalize402Error):
            modern.orders.finalize(str(make_draft(organization, customer).pk))

        assert PaymentMethod.objects.get().deleted_at is not None
        customer.refresh_from_db()
        assert customer.default_payment_method_id is None

    def test_answers_a_repeated_request_as_the_first(
        self, till: Till, organization: Organization, customer: Customer
    ) -> None:
        save_card(till, customer)
        path = f"/v1/orders/{make_draft(organization, customer).pk}/finalize"
        with till.merchant.http(**{"Idempotency-Key": "once"}) as http:
            first, second = http.post(path, json={}), http.post(path, json={})

        assert (first.status_code, first.json()["status"]) == (200, "paid")
        assert second.content == first.content


class TestPaymentMethods:
    def test_are_listed_by_either_id(
        self, polar: Any, errors: Any, till: Till, organization: Organization, customer: Customer
    ) -> None:
        saved = save_card(till, customer)
        gone = save_card(till, customer, "pm_card_mastercard")
        PaymentMethod.objects.filter(pk=gone.pk).update(deleted_at=gone.created_at)

        listed = polar.customers.list_payment_methods(str(customer.pk))
        [method] = listed.items
        assert (method.id, method.type, method.processor) == (str(saved.pk), "card", "stripe")
        assert (method.method_metadata.brand, method.method_metadata.last4) == ("visa", "4242")
        external = polar.customers.list_payment_methods_external(customer.external_id)
        assert external.items == listed.items
        for call in (
            polar.customers.list_payment_methods,
            polar.customers.list_payment_methods_external,
        ):
            with pytest.raises(errors.ResourceNotFound):
                call(str(uuid4()))
