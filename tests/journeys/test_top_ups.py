"""Wallets over the API: made, filled by a charge of the customer, read."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings

from apps.customers.models import Customer
from apps.events.models import Event
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import ChargeAttempt, Payment
from apps.payments.operations import resume_charge_attempt
from apps.wallets.models import TopUp, Wallet, WalletMovement
from apps.wallets.operations import adjust_wallet
from tests.support.books import broken_books
from tests.support.calculators import FifthCalculator
from tests.support.drafts import charges_of, is_booked, make_buyer, require_one_charge, save_card
from tests.support.merchants import make_merchant
from tests.support.stripesim import stripesim
from tests.support.threads import together
from tests.support.tills import Till, provider, till

__all__ = ["stripesim", "till"]

INTENTS = "/v1/payment_intents$"
FAILING = ("pm_card_chargeCustomerFail", "pm_card_authenticationRequired")


@pytest.fixture
def customer(till: Till) -> Customer:
    return make_buyer(till.merchant.organization)


@pytest.fixture
def wallet_id(till: Till, customer: Customer) -> str:
    with till.merchant.http() as http:
        answer = http.post("/v1/wallets/", json={"customer_id": str(customer.pk)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def top_up(till: Till, wallet_id: str, amount: int = 2000, key: str = "", **more: Any) -> Any:
    """What the API answers."""
    headers = {"Idempotency-Key": key} if key else {}
    with till.merchant.http(**headers) as http:
        body = {"amount": amount, "currency": "usd", **more}
        return http.post(f"/v1/wallets/{wallet_id}/top-up", json=body)


def outcome(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def balance_of(wallet_id: str) -> int:
    return Wallet.objects.get(pk=wallet_id).balance


def require_one_credit(till: Till, wallet_id: str, amount: int = 2000) -> Order:
    """One charge, one paid order, one movement, each event once, balanced books."""
    order = Order.objects.get(status="paid")
    till.settle_until(lambda: is_booked(order))
    require_one_charge(till, order, wallet=1)
    movement = WalletMovement.objects.get(wallet_id=wallet_id, kind="top_up")
    assert (movement.amount, movement.order_id) == (amount, order.pk)
    assert balance_of(wallet_id) == amount
    assert Event.objects.filter(type="wallet.topped_up").count() == 1
    return order


class TestWallets:
    def test_are_made_once_and_read(self, till: Till, customer: Customer, wallet_id: str) -> None:
        with till.merchant.http() as http:
            read = http.get(f"/v1/wallets/{wallet_id}").json()
            listed = http.get("/v1/wallets/", params={"customer_id": str(customer.pk)}).json()
            again = http.post("/v1/wallets/", json={"customer_id": str(customer.pk)})
            stranger = http.post("/v1/wallets/", json={"customer_id": str(uuid4())})
            euros = http.post(
                "/v1/wallets/", json={"customer_id": str(customer.pk), "currency": "eur"}
            )

        assert (read["balance"], read["currency"]) == (0, "usd")
        assert read["customer_id"] == str(customer.pk)
        assert listed["items"] == [read]
        assert outcome(again) == (409, "ResourceAlreadyExists")
        assert (stranger.status_code, euros.status_code) == (422, 422)

    def test_are_no_balances(self, till: Till, customer: Customer) -> None:
        adjust_wallet(
            customer=customer, currency="usd", amount=500, note="Sorry", origin=provider()
        )
        balance = Wallet.objects.get(customer=customer)
        with till.merchant.http() as http:
            assert http.get(f"/v1/wallets/{balance.pk}").status_code == 404
            assert http.get("/v1/wallets/").json()["items"] == []
        assert top_up(till, str(balance.pk)).status_code == 404

    def test_are_hidden_from_others(self, till: Till, wallet_id: str) -> None:
        with make_merchant(till.url, "Stranger").http() as http:
            assert http.get(f"/v1/wallets/{wallet_id}").status_code == 404
            body = {"amount": 2000, "currency": "usd"}
            assert http.post(f"/v1/wallets/{wallet_id}/top-up", json=body).status_code == 404


class TestTopUp:
    def test_charges_and_credits_at_once(
        self, till: Till, customer: Customer, wallet_id: str
    ) -> None:
        save_card(till, customer)
        answer = top_up(till, wallet_id)

        assert (answer.status_code, answer.json()["balance"]) == (201, 2000)
        order = require_one_credit(till, wallet_id)
        assert (order.billing_reason, order.product) == ("purchase", None)

    def test_puts_the_tax_on_top(
        self, till: Till, customer: Customer, wallet_id: str, settings: LazySettings
    ) -> None:
        settings.TAX_CALCULATORS = [f"{FifthCalculator.__module__}.FifthCalculator"]
        save_card(till, customer)

        assert top_up(till, wallet_id).json()["balance"] == 2000
        order = require_one_credit(till, wallet_id)
        assert (order.tax_amount, order.total_amount, order.tax_behavior) == (
            400,
            2400,
            "exclusive",
        )
        assert Payment.objects.get().amount == 2400

    def test_takes_the_method_asked_for(
        self, till: Till, customer: Customer, wallet_id: str
    ) -> None:
        save_card(till, customer, "pm_card_chargeCustomerFail")
        chosen = save_card(till, customer, "pm_card_mastercard")

        assert top_up(till, wallet_id, payment_method_id=str(chosen.pk)).status_code == 201
        [charge] = charges_of(till, Order.objects.get())
        assert charge.payment_method == chosen.processor_id

    @pytest.mark.parametrize(
        "card", ["pm_card_chargeCustomerFail", "pm_card_authenticationRequired"]
    )
    def test_credits_nothing_where_the_charge_fails(
        self, till: Till, customer: Customer, wallet_id: str, card: str
    ) -> None:
        save_card(till, customer, card)

        assert outcome(top_up(till, wallet_id)) == (400, "PaymentIntentFailedError")
        till.settle()
        assert balance_of(wallet_id) == 0
        assert Order.objects.get().status == "void"
        assert TopUp.objects.get().given_up_at is not None
        good = save_card(till, customer)
        assert top_up(till, wallet_id, payment_method_id=str(good.pk)).status_code == 201
        require_one_credit(till, wallet_id)

    def test_names_what_is_wrong(self, till: Till, customer: Customer, wallet_id: str) -> None:
        organization = till.merchant.organization
        assert outcome(top_up(till, wallet_id)) == (402, "MissingPaymentMethodError")
        foreign = save_card(till, make_buyer(organization))
        for method in (str(foreign.pk), str(uuid4())):
            refusal = top_up(till, wallet_id, payment_method_id=method)
            assert outcome(refusal) == (403, "InvalidPaymentMethodError")
        for amount in (0, -5, 49, 100_000_000):
            assert top_up(till, wallet_id, amount).status_code == 422
        assert top_up(till, wallet_id, currency="eur").status_code == 422
        save_card(till, customer)
        Organization.objects.filter(pk=organization.pk).update(
            capabilities={**organization.capabilities, "checkout_payments": False}
        )
        assert outcome(top_up(till, wallet_id)) == (403, "OrganizationNotReadyForPayments")
        assert not Order.objects.exists()


class TestUnknownOutcome:
    def test_blocks_the_wallet_and_is_credited_once(
        self, till: Till, customer: Customer, wallet_id: str
    ) -> None:
        save_card(till, customer)
        till.sim.control("faults", {"kind": "drop_after", "path": INTENTS})
        lost = top_up(till, wallet_id, key="fill")
        till.sim.control("faults", method="DELETE")

        assert outcome(lost) == (409, "PaymentAlreadyInProgress")
        assert balance_of(wallet_id) == 0
        assert outcome(top_up(till, wallet_id)) == (409, "TopUpInProgress")

        till.settle_until(lambda: balance_of(wallet_id) > 0)
        assert top_up(till, wallet_id, key="fill").json()["balance"] == 2000
        require_one_credit(till, wallet_id)

    def test_of_a_request_that_got_lost_is_asked_for_again(
        self, till: Till, customer: Customer, wallet_id: str
    ) -> None:
        save_card(till, customer)
        till.sim.control("faults", {"kind": "drop_before", "path": INTENTS})
        lost = top_up(till, wallet_id)
        till.sim.control("faults", method="DELETE")
        till.settle()

        assert outcome(lost) == (409, "PaymentAlreadyInProgress")
        assert outcome(top_up(till, wallet_id)) == (409, "TopUpInProgress")
        assert balance_of(wallet_id) == 0

        attempt = ChargeAttempt.objects.get()
        for _ in range(2):
            resume_charge_attempt(attempt_id=attempt.pk, origin=provider())
        require_one_credit(till, wallet_id)


class TestTwoAtOnce:
    def test_of_one_request_take_one_payment(
        self, till: Till, customer: Customer, wallet_id: str
    ) -> None:
        save_card(till, customer)
        answers = together(*[lambda: top_up(till, wallet_id, key="both")] * 2)

        codes = Counter(answer.status_code for answer in answers)
        assert codes[201] >= 1 and set(codes) <= {201, 409}
        require_one_credit(till, wallet_id)

    def test_of_two_requests_credit_what_was_paid(
        self, till: Till, customer: Customer, wallet_id: str
    ) -> None:
        save_card(till, customer)
        answers = together(*[lambda: top_up(till, wallet_id)] * 2)

        won = sum(answer.status_code == 201 for answer in answers)
        assert won >= 1
        assert balance_of(wallet_id) == 2000 * won
        paid = Order.objects.filter(status="paid")
        till.settle_until(lambda: all(is_booked(order) for order in paid))
        assert sum(len(charges_of(till, order)) for order in paid) == won
        assert not broken_books()


class TestRefund:
    def test_takes_the_credit_back_without_the_tax(
        self, till: Till, customer: Customer, wallet_id: str, settings: LazySettings
    ) -> None:
        settings.TAX_CALCULATORS = [f"{FifthCalculator.__module__}.FifthCalculator"]
        save_card(till, customer)
        top_up(till, wallet_id)
        order = require_one_credit(till, wallet_id)
        body = {"order_id": str(order.pk), "reason": "customer_request", "amount": 500}
        with till.merchant.http() as http:
            answer = http.post("/v1/refunds/", json=body)

        assert answer.status_code == 201, answer.text
        till.settle_until(lambda: balance_of(wallet_id) < 2000)
        assert balance_of(wallet_id) == 1500
        assert not Wallet.objects.filter(customer=customer, type="billing").exists()
        assert not broken_books()
