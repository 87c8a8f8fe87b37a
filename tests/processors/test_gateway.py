"""The gateway against the running sandbox: facts, errors, one payment per key."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from apps.core.ids import new_id
from apps.processors import gateway
from apps.processors.errors import OutcomeUnknown, PaymentError, ProcessorUnavailable
from apps.processors.gateway.reading import balance_transaction_of, charge_of, intent_of
from tests.support.stripesim import StripeSim, free_port, stripesim

__all__ = ["stripesim"]

BASES = ("API", "FILES", "CONNECT", "METER_EVENTS")


@pytest.fixture
def sim(stripesim: StripeSim, settings: Any) -> StripeSim:
    point_at(stripesim.url, settings)
    settings.STRIPE_SECRET_KEY = stripesim.secret_key
    return stripesim


def point_at(url: str, settings: Any) -> None:
    for base in BASES:
        setattr(settings, f"STRIPE_{base}_BASE", url)


def a_key() -> str:
    return f"test:{new_id().hex}"


def a_customer() -> str:
    return gateway.create_customer(key=a_key(), email="ada@example.com", name="Ada Lovelace")


def a_token(sim: StripeSim, card: str = "pm_card_visa") -> str:
    helpers = sim.client().v1.test_helpers
    return helpers.confirmation_tokens.create({"payment_method": card}).id


def pay(sim: StripeSim, card: str = "pm_card_visa", **changes: Any) -> gateway.Intent:
    facts: dict[str, Any] = {
        "key": a_key(),
        "amount": 1900,
        "currency": "usd",
        "customer_id": a_customer(),
        "return_url": "http://127.0.0.1/done",
        "description": "Lumen",
        "statement_suffix": "LUMEN",
        "metadata": {"checkout_id": "c1"},
        "save_method": False,
        "require_3ds": False,
    }
    facts.update(changes)
    facts.setdefault("confirmation_token", a_token(sim, card))
    return gateway.confirm_payment_intent(**facts)


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


def charge_saved(sim: StripeSim, card: str = "pm_card_visa", **changes: Any) -> gateway.Intent:
    customer = a_customer()
    method = sim.client().v1.payment_methods.attach(card, {"customer": customer}).id
    facts: dict[str, Any] = {
        "key": a_key(),
        "amount": 1900,
        "currency": "usd",
        "customer_id": customer,
        "payment_method_id": method,
        "description": "Lumen",
        "statement_suffix": "LUMEN",
        "metadata": {"order_id": "o1"},
    }
    return gateway.charge_off_session(**{**facts, **changes})


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


class TestAProcessorThatFails:
    @pytest.fixture(autouse=True)
    def mend(self, sim: StripeSim) -> Any:
        yield
        sim.control("faults", method="DELETE")

    def fault(self, sim: StripeSim, kind: str, count: int) -> None:
        rule = {"method": "POST", "path": "/v1/payment_intents", "count": count, "kind": kind}
        sim.control("faults", rule)

    def facts(self, sim: StripeSim) -> dict[str, Any]:
        return {
            "key": a_key(),
            "customer_id": a_customer(),
            "confirmation_token": a_token(sim),
        }

    def intents(self, sim: StripeSim, facts: dict[str, Any]) -> list[Any]:
        return list(sim.client().v1.payment_intents.list({"customer": facts["customer_id"]}).data)

    @pytest.mark.parametrize("kind", ["500", "503", "drop_before", "drop_after"])
    def test_is_asked_again_with_the_same_key(self, sim: StripeSim, kind: str) -> None:
        facts = self.facts(sim)
        self.fault(sim, kind, count=1)
        assert pay(sim, **facts).status == "succeeded"
        assert len(self.intents(sim, facts)) == 1

    def test_leaves_the_outcome_unknown_when_every_answer_is_lost(
        self, sim: StripeSim, settings: Any
    ) -> None:
        settings.STRIPE_MAX_RETRIES = 0
        facts = self.facts(sim)
        self.fault(sim, "drop_after", count=1)
        with pytest.raises(OutcomeUnknown):
            pay(sim, **facts)
        assert len(self.intents(sim, facts)) == 1
        assert pay(sim, **facts).status == "succeeded", "the same key tells what happened"
        assert len(self.intents(sim, facts)) == 1

    def test_did_nothing_when_it_turns_us_away(self, sim: StripeSim) -> None:
        facts = self.facts(sim)
        self.fault(sim, "429", count=1)
        with pytest.raises(ProcessorUnavailable):
            pay(sim, **facts)
        assert self.intents(sim, facts) == []

    def test_did_nothing_when_it_is_not_there(self, sim: StripeSim, settings: Any) -> None:
        facts = self.facts(sim)
        point_at(f"http://127.0.0.1:{free_port()}", settings)
        settings.STRIPE_MAX_RETRIES = 0
        with pytest.raises(ProcessorUnavailable):
            pay(sim, **facts)

    def test_keeps_a_reader_waiting_no_longer_than_agreed(
        self, sim: StripeSim, settings: Any
    ) -> None:
        settings.STRIPE_TIMEOUT_SECONDS = 1
        settings.STRIPE_MAX_RETRIES = 0
        rule = {"method": "GET", "path": "/v1/charges/*", "count": 1, "kind": "delay", "seconds": 3}
        sim.control("faults", rule)
        with pytest.raises(ProcessorUnavailable):
            gateway.read_charge("ch_any")


class Garbler(BaseHTTPRequestHandler):
    """A processor, or something on the way to it, whose answers cannot be read."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"<html")

    def log_message(self, *args: object) -> None:
        """Nothing to say."""


class TestAnAnswerThatCannotBeRead:
    def test_leaves_the_outcome_unknown(self, settings: Any) -> None:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Garbler)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            point_at(f"http://127.0.0.1:{server.server_port}", settings)
            with pytest.raises(OutcomeUnknown):
                a_customer()
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class TestBalanceTransactions:
    def test_tell_fee_net_and_when_the_money_is_there(self, sim: StripeSim) -> None:
        intent = pay(sim)
        charge = gateway.read_charge(str(intent.charge_id))
        for _ in range(50):
            if charge.balance_transaction_id:
                break
            sim.control("clock/advance", {"seconds": 1})
            charge = gateway.read_charge(charge.id)
        row = gateway.read_balance_transaction(str(charge.balance_transaction_id))
        assert (row.amount, row.fee, row.net, row.currency) == (1900, 85, 1815, "usd")
        assert row.exchange_rate is None
        assert row.available_at > charge.created_at

    def test_keep_the_digits_of_a_rate(self) -> None:
        facts = {"id": "txn_1", "amount": 1, "fee": 0, "net": 1, "currency": "usd"}
        row = balance_transaction_of(
            {**facts, "available_on": 1_700_000_000, "exchange_rate": 1.0834}
        )
        assert row.exchange_rate == Decimal("1.0834")
        assert row.available_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


class TestReading:
    CHARGE = {
        "id": "ch_1",
        "status": "failed",
        "amount": 500,
        "currency": "jpy",
        "created": 1_700_000_000,
        "failure_code": "card_declined",
        "failure_message": "Your card was declined.",
    }

    def test_prefers_the_most_precise_reason_of_a_decline(self) -> None:
        assert charge_of(self.CHARGE).decline_reason == "card_declined"
        outcome = {"reason": "lost_card", "risk_level": "not_assessed", "risk_score": 5}
        charge = charge_of({**self.CHARGE, "outcome": outcome})
        assert charge.decline_reason == "lost_card"
        assert (charge.risk_level, charge.risk_score) == (None, None)

    def test_takes_ids_and_expanded_objects_alike(self) -> None:
        for intent in ("pi_1", {"id": "pi_1", "object": "payment_intent"}):
            assert charge_of({**self.CHARGE, "payment_intent": intent}).intent_id == "pi_1"

    def test_sees_that_the_buyer_was_authenticated(self) -> None:
        for result, used in (("authenticated", True), ("failed", False), (None, False)):
            card = {"brand": "visa", "three_d_secure": {"result": result}, "wallet": None}
            details = {"type": "card", "card": card}
            charge = charge_of({**self.CHARGE, "payment_method_details": details})
            assert charge.used_3ds is used

    def test_finds_the_method_of_a_failed_authentication(self) -> None:
        method = {"id": "pm_1", "type": "card", "card": {"last4": "3220", "fingerprint": "f"}}
        error = {
            "code": "payment_intent_authentication_failure",
            "message": "We are unable to authenticate your payment method.",
            "payment_method": method,
        }
        intent = intent_of(
            {
                "id": "pi_1",
                "object": "payment_intent",
                "status": "requires_payment_method",
                "client_secret": "pi_1_secret_x",
                "payment_method": None,
                "last_payment_error": error,
                "latest_charge": None,
            }
        )
        assert intent.charge_id is None
        assert intent.error_code == "payment_intent_authentication_failure"
        assert intent.method is not None and intent.method.metadata["last4"] == "3220"


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
