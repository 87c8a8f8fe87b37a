"""Charges with and without the buyer: once per key, with their facts, declined or refused."""

from __future__ import annotations

from typing import Any

import pytest

from apps.processors import gateway
from apps.processors.errors import OutcomeUnknown, PaymentError
from tests.processors.paying import a_customer, a_key, a_token, charge_saved, pay, sim
from tests.support.stripesim import StripeSim, stripesim

__all__ = ["sim", "stripesim"]


class TestConfirmPaymentIntent:
    def test_takes_the_money_and_tells_the_method(self, sim: StripeSim) -> None:
        intent = pay(sim)
        assert (intent.kind, intent.status) == ("payment", "succeeded")
        assert (intent.amount, intent.currency) == (1900, "usd")
        assert intent.method is not None
        assert intent.method.type == "card"
        assert intent.method.metadata["last4"] == "4242"
        assert intent.method.fingerprint
        again = gateway.read_payment_intent(intent.id)
        assert (again.id, again.status, again.method) == (intent.id, "succeeded", intent.method)

        assert intent.charge_id is not None
        charge = gateway.read_charge(intent.charge_id)
        assert (charge.intent_id, charge.status, charge.amount) == (intent.id, "succeeded", 1900)
        assert charge.metadata == {"checkout_id": "c1"}
        assert charge.customer_id == intent.customer_id
        assert charge.method is not None and charge.method.metadata["country"] == "US"
        assert (charge.used_3ds, charge.decline_reason) == (False, None)

    def test_takes_it_once_per_key(self, sim: StripeSim) -> None:
        facts: dict[str, Any] = {
            "key": a_key(),
            "customer_id": a_customer(),
            "confirmation_token": a_token(sim),
        }
        first, second = pay(sim, **facts), pay(sim, **facts)
        assert first.id == second.id
        found = sim.client().v1.payment_intents.list({"customer": facts["customer_id"]})
        assert len(found.data) == 1

    def test_refuses_to_call_other_facts_under_a_used_key_a_refusal(self, sim: StripeSim) -> None:
        key = a_key()
        pay(sim, key=key)
        with pytest.raises(OutcomeUnknown):
            pay(sim, key=key, amount=2000)

    def test_reports_a_decline_with_its_intent(self, sim: StripeSim) -> None:
        with pytest.raises(PaymentError) as refusal:
            pay(sim, "pm_card_visa_chargeDeclinedInsufficientFunds")
        error = refusal.value
        assert (error.code, error.status, error.type) == ("PaymentError", 400, "card_error")
        assert (error.error_code, error.decline_code) == ("card_declined", "insufficient_funds")
        assert "insufficient funds" in error.detail
        assert error.intent is not None
        assert error.intent.status == "requires_payment_method"
        assert error.intent.metadata == {"checkout_id": "c1"}
        assert error.intent.charge_id is not None
        charge = gateway.read_charge(error.intent.charge_id)
        assert (charge.status, charge.decline_reason) == ("failed", "insufficient_funds")

    def test_reports_an_invalid_request(self, sim: StripeSim) -> None:
        with pytest.raises(PaymentError) as refusal:
            pay(sim, confirmation_token="ctoken_missing")
        assert refusal.value.type == "invalid_request_error"
        assert refusal.value.intent is None

    def test_leaves_the_buyer_to_authenticate(self, sim: StripeSim) -> None:
        intent = pay(sim, "pm_card_threeDSecure2Required", require_3ds=True)
        assert intent.status == "requires_action"
        assert intent.client_secret.startswith(f"{intent.id}_secret_")
        withdrawn = gateway.cancel_payment_intent(key=a_key(), intent_id=intent.id)
        assert withdrawn.status == "canceled"

    def test_keeps_the_method_only_when_asked(self, sim: StripeSim) -> None:
        kept, not_kept = pay(sim, save_method=True), pay(sim)
        methods = sim.client().v1.customers.payment_methods
        assert len(methods.list(str(kept.customer_id)).data) == 1
        assert methods.list(str(not_kept.customer_id)).data == []


class TestChargeOffSession:
    def test_takes_the_money_without_the_buyer(self, sim: StripeSim) -> None:
        intent = charge_saved(sim)
        assert (intent.status, intent.amount, intent.currency) == ("succeeded", 1900, "usd")
        charge = gateway.read_charge(intent.charge_id or "")
        assert dict(charge.metadata) == {"order_id": "o1"}

    def test_comes_with_charge_and_settlement(self, sim: StripeSim) -> None:
        intent = charge_saved(sim)
        assert intent.charge is not None and intent.settlement is not None
        assert intent.charge == gateway.read_charge(intent.charge_id or "")
        found = gateway.read_balance_transaction(intent.charge.balance_transaction_id or "")
        assert intent.settlement == found

    def test_takes_it_once_per_key(self, sim: StripeSim) -> None:
        customer = a_customer()
        method = sim.client().v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
        facts = {"key": a_key(), "customer_id": customer, "payment_method_id": method}
        assert charge_saved(sim, **facts).id == charge_saved(sim, **facts).id
        assert len(sim.client().v1.charges.list({"customer": customer}).data) == 1

    def test_reports_a_decline_and_a_bank_that_asks_for_the_buyer(self, sim: StripeSim) -> None:
        for card, code in (
            ("pm_card_chargeCustomerFail", "card_declined"),
            ("pm_card_authenticationRequired", "authentication_required"),
        ):
            with pytest.raises(PaymentError) as refusal:
                charge_saved(sim, card)
            assert refusal.value.error_code == code
            assert refusal.value.intent is not None

    def test_refuses_a_method_of_somebody_else(self, sim: StripeSim) -> None:
        with pytest.raises(PaymentError) as refusal:
            charge_saved(sim, customer_id=a_customer())
        assert refusal.value.param == "payment_method"


class TestReadConfirmationToken:
    def test_tells_name_and_fingerprint(self, sim: StripeSim) -> None:
        preview = gateway.read_confirmation_token(a_token(sim))
        assert preview.method_type == "card"
        assert preview.fingerprint

    def test_refuses_an_unknown_one(self, sim: StripeSim) -> None:
        with pytest.raises(PaymentError):
            gateway.read_confirmation_token("ctoken_missing")
