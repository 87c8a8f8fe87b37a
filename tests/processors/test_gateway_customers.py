"""Customers of the processor, and the methods that are saved for them."""

from __future__ import annotations

from typing import Any

import pytest

from apps.processors import gateway
from apps.processors.errors import PaymentError
from tests.processors.paying import a_customer, a_key, a_token, sim
from tests.support.stripesim import StripeSim, stripesim

__all__ = ["sim", "stripesim"]


class TestCustomers:
    def test_are_made_once_per_key(self, sim: StripeSim) -> None:
        key = a_key()
        facts: dict[str, Any] = {
            "email": "ada@example.com",
            "name": "Ada Lovelace",
            "address": {"country": "US", "state": "US-NY", "line1": "1 Main St", "line2": None},
            "metadata": {"customer_id": "7"},
        }
        made = gateway.create_customer(key=key, **facts)
        assert gateway.create_customer(key=key, **facts) == made
        kept = sim.client().v1.customers.retrieve(made).to_dict()
        assert kept["address"]["state"] == "NY"
        assert kept["metadata"] == {"customer_id": "7"}

    def test_change_only_where_told(self, sim: StripeSim) -> None:
        customer = a_customer()
        gateway.update_customer(key=a_key(), customer_id=customer, name="Countess Lovelace")
        kept = sim.client().v1.customers.retrieve(customer).to_dict()
        assert (kept["name"], kept["email"]) == ("Countess Lovelace", "ada@example.com")

    def test_have_sessions_for_the_payment_form(self, sim: StripeSim) -> None:
        secret = gateway.create_customer_session(key=a_key(), customer_id=a_customer())
        assert secret.startswith("cuss_")


class TestSetupIntents:
    def set_up(self, sim: StripeSim, card: str, **changes: Any) -> gateway.Intent:
        facts: dict[str, Any] = {
            "key": a_key(),
            "customer_id": a_customer(),
            "return_url": "http://127.0.0.1/done",
            "metadata": {"customer_id": "7"},
        }
        facts.update(changes)
        facts.setdefault("confirmation_token", a_token(sim, card))
        return gateway.confirm_setup_intent(**facts)

    def test_save_a_method_once_per_key(self, sim: StripeSim) -> None:
        facts: dict[str, Any] = {
            "key": a_key(),
            "customer_id": a_customer(),
            "confirmation_token": a_token(sim),
        }
        first, second = (self.set_up(sim, "pm_card_visa", **facts) for _ in "12")
        assert first == second == gateway.read_setup_intent(first.id)
        assert (first.kind, first.status) == ("setup", "succeeded")
        assert first.method is not None and first.method.metadata["last4"] == "4242"

    def test_ask_the_customer_where_the_bank_wants_it(self, sim: StripeSim) -> None:
        intent = self.set_up(sim, "pm_card_threeDSecure2Required")
        assert intent.status == "requires_action" and intent.client_secret
        noted = gateway.note_on_setup_intent(
            key=a_key(), intent_id=intent.id, metadata={"trial_abuse": "1"}
        )
        assert noted.metadata == {"customer_id": "7", "trial_abuse": "1"}
        withdrawn = gateway.cancel_setup_intent(key=a_key(), intent_id=intent.id)
        assert withdrawn.status == "canceled"

    def test_tell_a_decline(self, sim: StripeSim) -> None:
        with pytest.raises(PaymentError) as refusal:
            self.set_up(sim, "pm_card_visa_chargeDeclined")
        assert refusal.value.decline_code == "generic_decline"

    def test_methods_are_let_go_twice_without_harm(self, sim: StripeSim) -> None:
        intent = self.set_up(sim, "pm_card_visa")
        assert intent.method is not None
        for _ in "12":
            gateway.detach_method(key=a_key(), method_id=intent.method.processor_id)
