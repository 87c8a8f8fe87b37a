"""Money that comes when nobody waits for it any more, or before anybody did."""

from __future__ import annotations

from typing import Any

import pytest

from apps.checkouts.errors import OutdatedCheckoutIntent
from apps.checkouts.models import Checkout
from apps.checkouts.operations import (
    confirm_checkout,
    expire_checkouts,
    handle_failure,
    handle_success,
)
from apps.core.jobs import keep_jobs
from apps.customers.models import Customer
from apps.orders.models import Order
from apps.processors.errors import ProcessorUnavailable
from tests.checkouts.test_foreign_payments import buyer_of, confirmed, paid
from tests.checkouts.test_operations import ORIGIN, later, make_checkout

pytestmark = pytest.mark.django_db


def reopened(typed: str = "ada@example.com") -> Checkout:
    """A checkout whose payment `pi_1` has failed."""
    checkout = confirmed()
    checkout.intent_id, checkout.is_customer_typed = "pi_1", True
    checkout.customer_email = typed
    checkout.save()
    return handle_failure(checkout_id=checkout.pk, attempt=1, message="No.", origin=ORIGIN)


class TestOfAnIntentOfItsOwn:
    @pytest.mark.parametrize("is_expired", [False, True])
    def test_still_buys(self, is_expired: bool) -> None:
        checkout = reopened()
        if is_expired:
            assert expire_checkouts(origin=later(hours=25)) == 1
        payer = Customer.objects.get()
        payment = paid(checkout, customer=payer, intent_id="pi_1")

        order = handle_success(
            checkout_id=checkout.pk, payment=payment, attempt=1, origin=later(hours=26)
        )

        assert (order.status, order.customer) == ("paid", payer)
        checkout.refresh_from_db()
        assert (checkout.status, checkout.customer) == ("succeeded", payer)
        assert checkout.is_customer_matched_by_email

    def test_buys_for_who_paid_it_though_another_is_trying(self) -> None:
        checkout = reopened()
        payer = Customer.objects.get()
        other = buyer_of(checkout.organization, "other@example.com")
        Checkout.objects.filter(pk=checkout.pk).update(
            status="confirmed", attempt_count=2, intent_id=None, customer=other
        )
        payment = paid(checkout, customer=payer, intent_id="pi_1")
        order = handle_success(checkout_id=checkout.pk, payment=payment, attempt=1, origin=ORIGIN)
        assert order.customer == payer

    def test_is_not_served_for_another_amount(self) -> None:
        checkout = reopened()
        payment = paid(checkout, customer=Customer.objects.get(), intent_id="pi_1", amount=1999)
        with pytest.raises(OutdatedCheckoutIntent):
            handle_success(checkout_id=checkout.pk, payment=payment, attempt=1, origin=ORIGIN)

    def test_is_withdrawn_when_the_time_is_over(
        self, django_capture_on_commit_callbacks: Any
    ) -> None:
        checkout = reopened()
        with keep_jobs() as jobs, django_capture_on_commit_callbacks(execute=True):
            expire_checkouts(origin=later(hours=25))
        assert [job.name for job in jobs] == ["checkouts.withdraw_former_intent"]
        assert jobs[0].kwargs == {"checkout_id": str(checkout.pk)}


class TestThatNamesNoAttempt:
    def test_is_not_the_present_one(self) -> None:
        checkout = confirmed()
        with pytest.raises(OutdatedCheckoutIntent):
            handle_success(
                checkout_id=checkout.pk, payment=paid(checkout), attempt=None, origin=ORIGIN
            )
        assert not Order.objects.exists()

    def test_is_known_by_its_intent(self) -> None:
        checkout = confirmed()
        Checkout.objects.filter(pk=checkout.pk).update(intent_id="pi_1")
        payment = paid(checkout, intent_id="pi_1")
        handle_success(checkout_id=checkout.pk, payment=payment, attempt=None, origin=ORIGIN)
        assert Order.objects.get().status == "paid"


@pytest.mark.parametrize("attempt", [None, 0, 1])
def test_for_a_checkout_that_was_never_confirmed_buys_nothing(attempt: int | None) -> None:
    checkout = make_checkout()
    payment = paid(checkout)
    with pytest.raises(OutdatedCheckoutIntent):
        handle_success(checkout_id=checkout.pk, payment=payment, attempt=attempt, origin=ORIGIN)
    assert not Order.objects.exists()


class TestWhoTheBuyerIs:
    def test_is_open_again_after_a_failure(self) -> None:
        checkout = reopened()
        assert (checkout.customer, checkout.customer_email) == (None, "ada@example.com")

    def test_stays_where_the_merchant_said_so(self) -> None:
        checkout = confirmed()
        customer = checkout.customer
        handle_failure(checkout_id=checkout.pk, attempt=1, message="No.", origin=ORIGIN)
        checkout.refresh_from_db()
        assert checkout.customer == customer

    @pytest.mark.parametrize(("external_id", "is_typed"), [(None, True), ("u_1", False)])
    def test_is_noted_at_confirm(
        self, external_id: str | None, is_typed: bool, settings: Any
    ) -> None:
        # Nobody answers there.
        settings.STRIPE_API_BASE = "http://127.0.0.1:9"
        checkout = make_checkout(external_customer_id=external_id)
        with pytest.raises(ProcessorUnavailable):
            confirm_checkout(
                checkout_id=checkout.pk,
                changes={
                    "customer_email": "ada@example.com",
                    "customer_name": "Ada",
                    "customer_billing_address": {"country": "FR"},
                },
                confirmation_token_id="ctoken_1",
                origin=ORIGIN,
            )
        checkout.refresh_from_db()
        assert checkout.status == "open"
        assert (checkout.customer is None) == is_typed
        assert Customer.objects.get().email == "ada@example.com"
