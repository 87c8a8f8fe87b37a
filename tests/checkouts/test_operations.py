"""Checkouts inside: what keeps a mistake of ours from costing anybody money."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.catalog.inputs import PriceInput, ProductInput
from apps.catalog.operations import create_product
from apps.checkouts.errors import NotOpenCheckout, OutdatedCheckoutIntent
from apps.checkouts.models import Checkout
from apps.checkouts.operations import (
    NewCheckout,
    confirm_checkout,
    create_checkout,
    expire_checkouts,
    handle_failure,
    handle_success,
    mark_checkout_opened,
    resume_checkout,
    update_checkout,
)
from apps.checkouts.selectors import unsettled_checkout_ids
from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.core.origin import Actor, Door, Origin
from apps.customers.operations import delete_customer
from apps.orders.models import Order
from apps.organizations.models import Organization
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db
ORIGIN = Origin(actor=Actor.CUSTOMER, door=Door.CHECKOUT, at=datetime(2026, 5, 1, tzinfo=UTC))


def later(**span: float) -> Origin:
    return replace(ORIGIN, at=ORIGIN.at + timedelta(**span))


def make_checkout(amount: int = 2000, **values: Any) -> Checkout:
    organization = make_organization()
    product = create_product(
        organization=organization,
        data=ProductInput(
            name="Handbook",
            prices=[PriceInput(kind="fixed", currency="usd", fixed_amount=amount)],
        ),
        origin=ORIGIN,
    )
    data = NewCheckout(product_ids=[product.pk], **values)
    return create_checkout(organization=organization, data=data, origin=ORIGIN)


def confirm_free(checkout: Checkout) -> Checkout:
    return confirm_checkout(
        checkout_id=checkout.pk,
        changes={"customer_email": "ada@example.com"},
        confirmation_token_id=None,
        origin=ORIGIN,
    )


class TestCreateCheckout:
    def test_refuses_prices_of_a_product_it_does_not_offer(self) -> None:
        foreign = new_id()
        price = PriceInput(kind="fixed", currency="usd", fixed_amount=1)
        with pytest.raises(ValidationFailed) as refused:
            make_checkout(prices={foreign: [price]})
        [problem] = refused.value.problems
        assert problem["loc"] == ["body", "prices", str(foreign)]
        assert not Checkout.objects.exists()


class TestHandleSuccess:
    def test_gives_nothing_away_for_free(self) -> None:
        checkout = make_checkout()
        with pytest.raises(OutdatedCheckoutIntent):
            handle_success(checkout_id=checkout.pk, payment=None, origin=ORIGIN)
        Checkout.objects.filter(pk=checkout.pk).update(
            status="confirmed", confirmed_at=ORIGIN.at, intent_request={"amount": 2000}
        )
        with pytest.raises(OutdatedCheckoutIntent):
            handle_success(checkout_id=checkout.pk, payment=None, origin=ORIGIN)
        assert not Order.objects.exists()

    def test_makes_one_order_of_a_free_checkout(self) -> None:
        checkout = confirm_free(make_checkout(0))
        orders = {
            handle_success(checkout_id=checkout.pk, payment=None, origin=ORIGIN) for _ in range(3)
        }
        assert len(orders) == 1
        assert orders.pop().status == "paid"

    def test_of_a_free_checkout_is_made_up_by_the_sweep(self) -> None:
        checkout = confirm_free(make_checkout(0))
        assert unsettled_checkout_ids(at=later(seconds=30).at, limit=9) == []
        assert unsettled_checkout_ids(at=later(minutes=3).at, limit=9) == [checkout.pk]
        resume_checkout(checkout_id=checkout.pk, origin=later(minutes=3))
        assert Order.objects.get().checkout_id == checkout.pk
        resume_checkout(checkout_id=checkout.pk, origin=later(minutes=9))
        assert Order.objects.count() == 1


class TestHandleFailure:
    @pytest.mark.parametrize("status", ["open", "expired", "succeeded", "failed"])
    def test_changes_nothing_outside_a_confirmation(self, status: str) -> None:
        checkout = make_checkout()
        Checkout.objects.filter(pk=checkout.pk).update(status=status, succeeded_at=ORIGIN.at)
        handle_failure(checkout_id=checkout.pk, attempt=None, message="No.", origin=ORIGIN)
        checkout.refresh_from_db()
        assert (checkout.status, checkout.failure_message) == (status, "")


class TestExpireCheckouts:
    def test_takes_open_ones_past_their_time(self) -> None:
        due, confirmed = make_checkout(), confirm_free(make_checkout(0))
        assert expire_checkouts(origin=later(hours=23)) == 0
        assert expire_checkouts(origin=later(hours=24)) == 1
        assert Checkout.objects.get(pk=due.pk).status == "expired"
        assert Checkout.objects.get(pk=confirmed.pk).status == "confirmed"

    def test_follows_the_clock_of_the_organization(self) -> None:
        checkout = make_checkout()
        Organization.objects.filter(pk=checkout.organization_id).update(
            clock_offset=timedelta(days=2)
        )
        assert expire_checkouts(origin=ORIGIN) == 1

    def test_comes_before_a_change(self) -> None:
        checkout = make_checkout()
        with pytest.raises(NotOpenCheckout):
            update_checkout(checkout_id=checkout.pk, changes={"amount": 1}, origin=later(hours=25))


class TestMarkCheckoutOpened:
    def test_keeps_the_first_visit(self) -> None:
        checkout = make_checkout()
        for origin in (ORIGIN, later(hours=1)):
            mark_checkout_opened(checkout_id=checkout.pk, origin=origin)
        checkout.refresh_from_db()
        assert checkout.opened_at == ORIGIN.at


class TestUpdateCheckout:
    def test_ignores_an_amount_for_a_fixed_price(self) -> None:
        checkout = make_checkout()
        changed = update_checkout(checkout_id=checkout.pk, changes={"amount": 1}, origin=ORIGIN)
        assert changed.amount == 2000

    def test_drops_a_tax_id_with_the_business(self) -> None:
        checkout = make_checkout()
        changes: dict[str, Any] = {
            "customer_billing_address": {"country": "FR"},
            "is_business_customer": True,
            "customer_tax_id": "FR61954506077",
            "customer_billing_name": "Ada SARL",
        }
        changed = update_checkout(checkout_id=checkout.pk, changes=changes, origin=ORIGIN)
        assert changed.customer_tax_id == ["FR61954506077", "eu_vat"]
        changed = update_checkout(
            checkout_id=checkout.pk, changes={"is_business_customer": False}, origin=ORIGIN
        )
        assert (changed.customer_tax_id, changed.customer_billing_name) == (None, None)


class TestForgetting:
    @pytest.mark.parametrize("is_served", [True, False])
    def test_waits_for_the_end_of_a_payment(self, is_served: bool) -> None:
        checkout = confirm_free(make_checkout(0))
        assert checkout.customer_id is not None
        delete_customer(customer_id=checkout.customer_id, anonymize=True, origin=ORIGIN)
        checkout.refresh_from_db()
        assert checkout.customer_email == "ada@example.com"

        if is_served:
            handle_success(checkout_id=checkout.pk, payment=None, origin=ORIGIN)
        else:
            handle_failure(checkout_id=checkout.pk, attempt=None, message="No", origin=ORIGIN)

        checkout.refresh_from_db()
        assert checkout.status == ("succeeded" if is_served else "open")
        assert checkout.customer_email is None
