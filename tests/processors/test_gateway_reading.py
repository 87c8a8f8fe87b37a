"""What the processor says, read into facts of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from apps.processors import gateway
from apps.processors.gateway.reading import balance_transaction_of, charge_of, intent_of
from tests.processors.paying import pay, sim
from tests.support.stripesim import StripeSim, stripesim

__all__ = ["sim", "stripesim"]


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
