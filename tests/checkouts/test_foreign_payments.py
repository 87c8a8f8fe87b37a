"""Money that names a checkout which is not its own."""

from __future__ import annotations

from typing import Any

import pytest

from apps.checkouts.errors import OutdatedCheckoutIntent
from apps.checkouts.models import Checkout
from apps.checkouts.operations import handle_success
from apps.customers.inputs import CustomerInput
from apps.customers.operations import create_customer
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import Payment
from tests.checkouts.test_operations import ORIGIN, make_checkout
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db


def buyer_of(organization: Organization, email: str) -> Any:
    return create_customer(
        organization=organization, data=CustomerInput(email=email), origin=ORIGIN
    )


def confirmed() -> Checkout:
    checkout = make_checkout()
    checkout.customer = buyer_of(checkout.organization, "ada@example.com")
    checkout.status, checkout.confirmed_at, checkout.attempt_count = "confirmed", ORIGIN.at, 1
    checkout.tax_amount, checkout.tax_behavior = 0, "exclusive"
    checkout.intent_request = {"amount": 2000}
    checkout.save()
    return checkout


def paid(checkout: Checkout, **values: Any) -> Payment:
    facts: dict[str, Any] = {
        "organization": checkout.organization,
        "customer": checkout.customer,
        "checkout_id": checkout.pk,
        "processor_id": "ch_1",
        "status": "succeeded",
        "amount": 2000,
        "currency": "usd",
        "method": "card",
        "created_at": ORIGIN.at,
    }
    return Payment.objects.create(**(facts | values))


def test_of_another_organization_buys_nothing() -> None:
    checkout = confirmed()
    payment = paid(checkout, organization=make_organization("Other"), customer=None)
    with pytest.raises(OutdatedCheckoutIntent):
        handle_success(checkout_id=checkout.pk, payment=payment, attempt=1, origin=ORIGIN)
    assert not Order.objects.exists()


def test_of_another_buyer_buys_nothing() -> None:
    checkout = confirmed()
    payment = paid(checkout, customer=buyer_of(checkout.organization, "eve@example.com"))
    with pytest.raises(OutdatedCheckoutIntent):
        handle_success(checkout_id=checkout.pk, payment=payment, attempt=1, origin=ORIGIN)
    assert not Order.objects.exists()


def test_of_its_own_buyer_does() -> None:
    checkout = confirmed()
    payment = paid(checkout)
    order = handle_success(checkout_id=checkout.pk, payment=payment, attempt=1, origin=ORIGIN)
    assert order.status == "paid"
