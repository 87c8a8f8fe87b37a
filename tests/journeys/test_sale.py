"""A sale from outside: the SDK opens a checkout, the buyer pays, the order is there."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from apps.checkouts.models import Checkout
from apps.checkouts.operations import handle_success
from apps.checkouts.tasks import settle_free_checkout_task
from apps.core.origin import Door, system_origin
from apps.customers.models import Customer
from apps.ledger.models import Entry
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.organizations.operations import change_status
from tests.journeys.portals import portal_of
from tests.support.books import broken_books
from tests.support.stripesim import stripesim
from tests.support.tills import BUYER, Till, till

__all__ = ["stripesim", "till"]


def fixed(amount: int = 2000, currency: str = "usd") -> dict[str, Any]:
    return {"amount_type": "fixed", "price_amount": amount, "price_currency": currency}


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
    from polar.v2027_01 import errors

    return errors


def opened(polar: Any, *prices: dict[str, Any], **more: Any) -> Any:
    product = polar.products.create(name="Handbook", prices=list(prices or (fixed(),)))
    return polar.checkouts.create(products=[product.id], **more)


def is_open(checkout: Any) -> bool:
    return Checkout.objects.get(pk=checkout.id).status == "open"


class TestBuyOnce:
    def test_ends_in_a_paid_order_and_balanced_books(self, polar: Any, till: Till) -> None:
        checkout = opened(polar, metadata={"campaign": "spring"})
        confirmed = polar.checkouts.client_confirm(
            checkout.client_secret, confirmation_token_id=till.token(), **BUYER
        )
        assert confirmed.status == "confirmed"
        assert confirmed.total_amount == 2000

        till.settle_until(lambda: Order.objects.filter(platform_fee_amount__gt=0).exists())

        assert polar.checkouts.get(checkout.id).status == "succeeded"
        [order] = polar.orders.list(checkout_id=checkout.id).items
        assert (order.status, order.paid, order.total_amount) == ("paid", True, 2000)
        assert order.customer.email == "buyer@example.com"
        assert order.metadata == {"campaign": "spring"}
        assert order.invoice_number and order.receipt_number
        assert order.platform_fee_amount == 2000 * 5 // 100 + 50
        assert [item.label for item in order.items] == ["Handbook"]
        [payment] = polar.payments.list(order_id=order.id).items
        assert (payment.status, payment.amount, payment.method) == ("succeeded", 2000, "card")
        assert payment.method_metadata.last4 == "4242"
        assert polar.payments.get(payment.id).id == payment.id
        receipt = httpx.get(polar.orders.receipt(order.id).url)
        assert receipt.status_code == 200
        assert order.receipt_number in receipt.text
        assert "Visa" in receipt.text
        assert len(till.charges(checkout.id)) == 1
        assert not broken_books()

    def test_settles_another_currency(self, modern: Any, till: Till) -> None:
        checkout = opened(modern, fixed(2000), fixed(3000, "jpy"), currency="jpy")
        modern.checkouts.client_confirm(
            checkout.client_secret, confirmation_token_id=till.token(), **BUYER
        )
        till.settle_until(lambda: Order.objects.filter(platform_fee_amount__gt=0).exists())

        order = Order.objects.get()
        assert (order.currency, order.platform_fee_currency) == ("jpy", "usd")
        assert not broken_books()

    def test_knows_a_buyer_again_without_trusting_the_email(self, modern: Any, till: Till) -> None:
        known = modern.customers.create(email="buyer@example.com", name="Known")
        checkout = opened(modern)
        confirmed = modern.checkouts.client_confirm(
            checkout.client_secret, confirmation_token_id=till.token(), **BUYER
        )

        assert confirmed.customer_id == known.id
        assert confirmed.customer_session_token is None
        assert Checkout.objects.get().is_customer_matched_by_email
        assert modern.customers.get(known.id).name == "Known"

    def test_leads_a_new_buyer_on_to_their_own_pages(self, modern: Any, till: Till) -> None:
        checkout = opened(modern)
        confirmed = modern.checkouts.client_confirm(
            checkout.client_secret, confirmation_token_id=till.token(), **BUYER
        )
        till.settle_until(lambda: Order.objects.filter(status="paid").exists())

        customer = Customer.objects.get(pk=confirmed.customer_id)
        token = confirmed.customer_session_token
        with portal_of(customer, till.url, token=token) as portal:
            [order] = portal.customer_portal.orders.list().items
            assert order.checkout_id == checkout.id

    def test_keeps_no_token_with_an_answer_that_is_kept(self, modern: Any, till: Till) -> None:
        checkout = opened(modern)
        path = f"/v1/checkouts/client/{checkout.client_secret}/confirm"
        body = {"confirmation_token_id": till.token(), **BUYER}
        with httpx.Client(base_url=till.url, timeout=30) as http:
            key = {"Idempotency-Key": checkout.id}
            first, second = (http.post(path, json=body, headers=key) for _ in range(2))

        assert (first.status_code, first.content) == (200, second.content)
        assert first.json()["customer_session_token"] is None


class TestDeclinedCard:
    def test_opens_the_checkout_again(self, polar: Any, till: Till, errors: Any) -> None:
        checkout = opened(polar)
        with pytest.raises(errors.PaymentError) as refusal:
            polar.checkouts.client_confirm(
                checkout.client_secret,
                confirmation_token_id=till.token("pm_card_visa_chargeDeclinedInsufficientFunds"),
                **BUYER,
            )
        assert "insufficient funds" in refusal.value.error.detail
        assert polar.checkouts.get(checkout.id).status == "open"

        till.settle_until(lambda: bool(polar.payments.list(checkout_id=checkout.id).items))
        [payment] = polar.payments.list(checkout_id=checkout.id).items
        assert (payment.status, payment.decline_reason) == ("failed", "insufficient_funds")
        assert payment.order_id is None

        polar.checkouts.client_confirm(
            checkout.client_secret, confirmation_token_id=till.token(), **BUYER
        )
        till.settle_until(lambda: Order.objects.exists())
        assert len(till.charges(checkout.id)) == 1

    def test_lets_the_buyer_correct_who_they_are(self, modern: Any, till: Till) -> None:
        checkout = opened(modern)
        typo = {**BUYER, "customer_email": "buyre@example.com"}
        with pytest.raises(Exception, match="declined"):
            modern.checkouts.client_confirm(
                checkout.client_secret,
                confirmation_token_id=till.token("pm_card_visa_chargeDeclined"),
                **typo,
            )
        modern.checkouts.client_confirm(
            checkout.client_secret, confirmation_token_id=till.token(), **BUYER
        )
        till.settle_until(lambda: Order.objects.exists())
        assert Order.objects.get().customer.email == "buyer@example.com"


class TestAuthentication:
    def test_passed_pays(self, modern: Any, till: Till) -> None:
        checkout = opened(modern)
        confirmed = modern.checkouts.client_confirm(
            checkout.client_secret,
            confirmation_token_id=till.token("pm_card_threeDSecure2Required"),
            **BUYER,
        )
        facts = confirmed.payment_processor_metadata
        assert facts["intent_status"] == "requires_action"
        assert facts["intent_client_secret"].startswith("pi_")

        till.answer_challenge(Checkout.objects.get().intent_id or "")
        till.settle_until(lambda: Order.objects.exists())
        assert modern.checkouts.get(checkout.id).status == "succeeded"

    def test_failed_opens_again_and_leaves_one_way_to_pay(self, modern: Any, till: Till) -> None:
        checkout = opened(modern)
        modern.checkouts.client_confirm(
            checkout.client_secret,
            confirmation_token_id=till.token("pm_card_threeDSecure2Required"),
            **BUYER,
        )
        former = Checkout.objects.get().intent_id or ""
        till.answer_challenge(former, passes=False)
        till.settle_until(lambda: is_open(checkout))
        [payment] = modern.payments.list(checkout_id=checkout.id).items
        assert payment.decline_reason == "payment_intent_authentication_failure"
        shown = modern.checkouts.client_get(checkout.client_secret)
        assert "intent_client_secret" not in shown.payment_processor_metadata

        modern.checkouts.client_confirm(
            checkout.client_secret, confirmation_token_id=till.token(), **BUYER
        )
        till.settle_until(lambda: Order.objects.exists())

        assert till.sim.client().v1.payment_intents.retrieve(former).status == "canceled"
        assert len(till.charges(checkout.id)) == 1


class TestFreeProduct:
    def test_needs_no_payment_and_books_nothing(self, modern: Any, till: Till) -> None:
        checkout = opened(modern, {"amount_type": "free"})
        assert checkout.is_free_product_price and not checkout.is_payment_form_required
        confirmed = modern.checkouts.client_confirm(
            checkout.client_secret, customer_email="buyer@example.com"
        )
        assert confirmed.status == "confirmed"

        for _ in range(2):
            settle_free_checkout_task(checkout_id=checkout.id)

        [order] = modern.orders.list().items
        assert (order.status, order.total_amount, order.receipt_number) == ("paid", 0, None)
        assert not Entry.objects.exists()

    def test_is_given_even_where_payments_are_not_taken(self, modern: Any, till: Till) -> None:
        checkout = opened(modern, {"amount_type": "free"})
        self_serve(till, Organization.Status.DENIED)
        confirmed = modern.checkouts.client_confirm(
            checkout.client_secret, customer_email="buyer@example.com"
        )
        assert confirmed.status == "confirmed"


def self_serve(till: Till, status: str) -> None:
    change_status(
        organization_id=till.merchant.organization.pk,
        to=status,
        origin=system_origin(Door.BACKOFFICE),
    )


class TestConfirmRefusals:
    def test_lists_everything_missing_at_once(self, polar: Any, till: Till, errors: Any) -> None:
        checkout = opened(polar)
        with pytest.raises(errors.HTTPValidationError) as refusal:
            polar.checkouts.client_confirm(
                checkout.client_secret, customer_billing_address={"country": "US"}
            )
        missing = [".".join(map(str, problem.loc[1:])) for problem in refusal.value.error.detail]
        assert missing == [
            "customer_email",
            "customer_name",
            "customer_billing_address.line1",
            "customer_billing_address.city",
            "customer_billing_address.postal_code",
            "customer_billing_address.state",
            "confirmation_token_id",
        ]
        # A refused confirmation changes nothing.
        assert Checkout.objects.get().customer_billing_address is None

    def test_merchant_without_payments(self, polar: Any, till: Till, errors: Any) -> None:
        checkout = opened(polar)
        self_serve(till, Organization.Status.DENIED)
        with pytest.raises(errors.CheckoutsClientConfirm403Error) as refusal:
            polar.checkouts.client_confirm(
                checkout.client_secret, confirmation_token_id=till.token(), **BUYER
            )
        assert refusal.value.error.error == "PaymentNotReady"

    def test_twice(self, polar: Any, till: Till, errors: Any) -> None:
        checkout = opened(polar)
        polar.checkouts.client_confirm(
            checkout.client_secret, confirmation_token_id=till.token(), **BUYER
        )
        for call in (polar.checkouts.client_confirm, polar.checkouts.client_update):
            with pytest.raises(
                (errors.CheckoutsClientConfirm403Error, errors.CheckoutsClientUpdate403Error)
            ) as refusal:
                call(checkout.client_secret)
            assert refusal.value.error.error == "NotOpenCheckout"

    def test_archived_price(self, modern: Any, till: Till, refusals: Any) -> None:
        checkout = opened(modern)
        modern.products.update(checkout.product_id, prices=[fixed(3000)])
        with pytest.raises(refusals.HTTPValidationError) as refusal:
            modern.checkouts.client_confirm(
                checkout.client_secret, confirmation_token_id=till.token(), **BUYER
            )
        assert refusal.value.error.detail[0].loc == ["body", "product_price_id"]

    def test_identity_of_somebody_else(self, modern: Any, till: Till, refusals: Any) -> None:
        checkout = opened(modern, external_customer_id="u1")
        modern.customers.create(email="owner@example.com", external_id="u1")
        with pytest.raises(refusals.HTTPValidationError) as refusal:
            modern.checkouts.client_confirm(
                checkout.client_secret, confirmation_token_id=till.token(), **BUYER
            )
        assert refusal.value.error.detail[0].loc == ["body", "customer_email"]
        assert not till.charges(checkout.id)

    def test_tax_number_of_another_country(self, modern: Any, till: Till, refusals: Any) -> None:
        checkout = opened(modern)
        modern.checkouts.client_update(
            checkout.client_secret,
            customer_billing_address={"country": "FR"},
            is_business_customer=True,
            customer_billing_name="Ada SARL",
            customer_tax_id="FR61954506077",
        )
        home = {"country": "AU", "line1": "1 Main St", "city": "Sydney", "postal_code": "2000"}
        with pytest.raises(refusals.HTTPValidationError) as refusal:
            modern.checkouts.client_confirm(
                checkout.client_secret,
                confirmation_token_id=till.token(),
                **{**BUYER, "customer_billing_address": home},
            )
        assert refusal.value.error.detail[0].loc == ["body", "customer_tax_id"]
        assert not till.charges(checkout.id)

    def test_too_often(self, modern: Any, till: Till) -> None:
        from polar.base import PolarRateLimitError

        checkout = opened(modern)
        for _ in range(6):
            with pytest.raises(Exception, match=r"."):
                modern.checkouts.client_confirm(checkout.client_secret)
        with pytest.raises(PolarRateLimitError) as refusal:
            modern.checkouts.client_confirm(checkout.client_secret)
        assert refusal.value is not None


class TestIdempotencyKey:
    def test_of_a_buyer_repeats_the_answer(self, modern: Any, till: Till) -> None:
        checkout = opened(modern)
        path = f"/v1/checkouts/client/{checkout.client_secret}/confirm"
        body = {**BUYER, "confirmation_token_id": till.token()}
        with till.merchant.http(**{"Idempotency-Key": "once"}) as http:
            first, second = (http.post(path, json=body) for _ in range(2))
            other = http.post(path, json={**body, "customer_name": "Eve"})

        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert other.json()["error"] == "IdempotencyConflict"
        till.settle_until(lambda: Order.objects.exists())
        assert len(till.charges(checkout.id)) == 1


class TestHandleSuccess:
    def test_again_gives_the_same_order(self, modern: Any, till: Till) -> None:
        checkout = opened(modern)
        modern.checkouts.client_confirm(
            checkout.client_secret, confirmation_token_id=till.token(), **BUYER
        )
        till.settle_until(lambda: Order.objects.exists())
        order = Order.objects.get()
        again = handle_success(
            checkout_id=Checkout.objects.get().pk,
            payment=order.payments.get(),
            origin=system_origin(Door.TASK),
        )
        assert again == order
