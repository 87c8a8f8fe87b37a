"""The saved payment methods of a customer, as their merchant may handle them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from apps.customers.models import Customer
from apps.payments.models import PaymentMethod
from tests.support.changes import subscriber_with
from tests.support.drafts import make_buyer, save_card
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]


@pytest.fixture
def http(till: Till) -> Iterator[httpx.Client]:
    with till.merchant.http() as client:
        yield client


@pytest.fixture
def buyer(till: Till) -> Customer:
    return make_buyer(till.merchant.organization)


def path(method: PaymentMethod, more: str = "") -> str:
    return f"/v1/customers/{method.customer_id}/payment-methods/{method.pk}{more}"


def listed(till: Till, customer: Customer) -> dict[str, Any]:
    with till.merchant.polar("2027-01") as polar:
        rows = polar.customers.list_payment_methods(str(customer.pk)).items
        same = polar.customers.list_payment_methods_external(customer.external_id).items
    assert rows == same
    return {row.id: row.is_default for row in rows}


class TestDefault:
    def test_moves_to_another_method(self, http: httpx.Client, till: Till, buyer: Customer) -> None:
        first, second = save_card(till, buyer), save_card(till, buyer, "pm_card_mastercard")
        assert listed(till, buyer) == {str(second.pk): False, str(first.pk): True}

        answer = http.post(path(second, "/default"))

        assert (answer.status_code, answer.json()["is_default"]) == (200, True)
        assert listed(till, buyer) == {str(second.pk): True, str(first.pk): False}
        with till.merchant.polar() as polar:
            assert polar.customers.get(str(buyer.pk)).default_payment_method_id == str(second.pk)

    def test_is_one_of_the_customers_own(
        self, http: httpx.Client, till: Till, buyer: Customer
    ) -> None:
        other = save_card(till, make_buyer(till.merchant.organization))
        base = f"/v1/customers/{buyer.pk}/payment-methods"
        for method in (other.pk, uuid4()):
            for answer in (
                http.post(f"{base}/{method}/default"),
                http.delete(f"{base}/{method}"),
            ):
                assert (answer.status_code, answer.json()["error"]) == (404, "ResourceNotFound")
        assert http.delete(f"{base}/nonsense").status_code == 422


class TestDelete:
    def test_takes_it_away(self, http: httpx.Client, till: Till, buyer: Customer) -> None:
        first, second = save_card(till, buyer), save_card(till, buyer, "pm_card_mastercard")

        assert http.delete(path(first)).status_code == 204

        assert listed(till, buyer) == {str(second.pk): True}
        assert http.delete(path(first)).status_code == 404

    def test_refuses_the_only_one_of_a_subscriber(self, http: httpx.Client, till: Till) -> None:
        subscription = subscriber_with(till)
        method = subscription.payment_method
        assert method is not None

        answer = http.delete(path(method))

        assert answer.status_code == 400
        assert answer.json()["error"] == "PaymentMethodInUseByActiveSubscription"
        with till.merchant.polar() as polar:
            polar.subscriptions.update(str(subscription.pk), cancel_at_period_end=True)
        assert http.delete(path(method)).status_code == 204

    def test_leaves_subscriptions_with_another(self, http: httpx.Client, till: Till) -> None:
        subscription = subscriber_with(till)
        method = subscription.payment_method
        assert method is not None
        other = save_card(till, subscription.customer, "pm_card_mastercard")

        assert http.delete(path(method)).status_code == 204

        subscription.refresh_from_db()
        assert subscription.payment_method_id == other.pk
