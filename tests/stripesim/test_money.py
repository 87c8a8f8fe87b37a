"""Fees, availability, conversion and refunds, and what the balance says of them."""

from datetime import UTC, datetime

import pytest
import stripe

from tests.stripesim.contract import contract
from tests.support.stripesim import StripeSim

FRIDAY = int(datetime(2027, 1, 8, 15, 30, tzinfo=UTC).timestamp())
TUESDAY = int(datetime(2027, 1, 12, tzinfo=UTC).timestamp())


def charge(client: stripe.StripeClient, card: str, amount: int, currency: str = "usd") -> str:
    intent = client.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": currency,
            "payment_method": card,
            "confirm": True,
            "off_session": True,
        }
    )
    return str(intent.latest_charge)


def booked(client: stripe.StripeClient, charge_id: str) -> stripe.BalanceTransaction:
    expand = {"expand": ["balance_transaction"]}
    return client.v1.charges.retrieve(charge_id, expand).balance_transaction


@pytest.mark.parametrize(
    ("card", "amount", "currency", "settled", "fee", "rate"),
    [
        ("pm_card_visa", 2000, "usd", 2000, 58 + 30, None),
        ("pm_card_visa", 50, "usd", 50, 1 + 30, None),  # 1.45 goes down
        ("pm_card_visa", 1050, "usd", 1050, 30 + 30, None),  # 30.45 goes down
        ("pm_card_visa", 1500, "usd", 1500, 44 + 30, None),  # 43.5 goes up
        ("pm_card_fr", 2000, "usd", 2000, 88 + 30, None),
        ("pm_card_fr", 1000, "eur", 1080, 58 + 30, 1.08),  # 5.4 %
        ("pm_card_visa", 1000, "jpy", 670, 26 + 30, 0.0067),
        ("pm_card_visa", 10000, "kwd", 3250, 127 + 30, 3.25),
    ],
)
def test_fees_and_conversion(
    client: stripe.StripeClient,
    card: str,
    amount: int,
    currency: str,
    settled: int,
    fee: int,
    rate: float | None,
) -> None:
    row = booked(client, charge(client, card, amount, currency))
    assert (row.amount, row.fee, row.net) == (settled, fee, settled - fee)
    assert (row.currency, row.exchange_rate) == ("usd", rate)
    assert sum(detail.amount for detail in row.fee_details) == fee


def test_funds_wait_two_business_days(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    stripesim.control("clock/set", {"now": FRIDAY, "frozen": True})
    charge_id = charge(client, "pm_card_visa", 2000)
    row = booked(client, charge_id)
    assert (row.created, row.available_on, row.status) == (FRIDAY, TUESDAY, "pending")
    assert client.v1.balance.retrieve().available[0].amount == 0
    stripesim.control("clock/advance", {"days": 4})
    assert booked(client, charge_id).status == "available"
    assert client.v1.balance.retrieve().available[0].amount == 2000 - 88
    at_once = booked(client, charge(client, "pm_card_bypassPending", 1000))
    assert at_once.status == "available"


def test_refund_events_in_order(client: stripe.StripeClient) -> None:
    charge_id = charge(client, "pm_card_visa", 2000)
    seen = {event.id for event in client.v1.events.list({"limit": 100}).data}
    client.v1.refunds.create({"charge": charge_id})
    new = [e.type for e in client.v1.events.list({"limit": 100}).data if e.id not in seen]
    assert new[::-1] == [
        "refund.created",
        "charge.refunded",
        "refund.updated",
        "charge.refund.updated",
    ]
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"charge": charge_id})
    assert caught.value.code == "charge_already_refunded"


def test_refund_is_never_more_than_is_left(client: stripe.StripeClient) -> None:
    charge_id = charge(client, "pm_card_visa", 2000)
    client.v1.refunds.create({"charge": charge_id, "amount": 1500})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        client.v1.refunds.create({"charge": charge_id, "amount": 501})
    rest = client.v1.refunds.create({"charge": charge_id})
    assert rest.amount == 500
    assert client.v1.charges.retrieve(charge_id).refunded


def test_pending_refund_succeeds_later(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    refund = client.v1.refunds.create({"charge": charge(client, "pm_card_pendingRefund", 2000)})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    stripesim.control("clock/advance", {"seconds": 61})
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert client.v1.events.list({"type": "refund.updated"}).data


def test_refund_fails_after_success(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    charge_id = charge(client, "pm_card_refundFail", 2000)
    refund = client.v1.refunds.create({"charge": charge_id})
    assert refund.status == "succeeded"
    stripesim.control("clock/advance", {"seconds": 61})
    expand = {"expand": ["failure_balance_transaction"]}
    failed = client.v1.refunds.retrieve(refund.id, expand)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert failed.failure_balance_transaction.type == "refund_failure"
    assert failed.failure_balance_transaction.amount == 2000
    assert client.v1.charges.retrieve(charge_id).amount_refunded == 0
    newest = [event.type for event in client.v1.events.list({"limit": 3}).data]
    assert newest[::-1] == ["refund.failed", "refund.updated", "charge.refund.updated"]


def fitting(client: stripe.StripeClient, count: int) -> list[str]:
    """The newest event types, oldest first; each event fits Stripe's document."""
    events = client.v1.events.list({"limit": count}).data
    found = [problem for event in events for problem in contract().check_event(event.to_dict())]
    assert [problem for problem in found if problem.level != "notice"] == []
    return [event.type for event in events][::-1]


def test_refund_fails_for_any_reason(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    charge_id = charge(client, "pm_card_pendingRefund", 2000)
    refund = client.v1.refunds.create({"charge": charge_id, "amount": 500})
    wish = {"outcome": "fail", "reason": "lost_or_stolen_card"}
    assert stripesim.control(f"refunds/{refund.id}", wish)["status"] == "failed"
    failed = client.v1.refunds.retrieve(refund.id)
    assert failed.failure_reason == "lost_or_stolen_card"
    assert fitting(client, 3) == ["refund.failed", "refund.updated", "charge.refund.updated"]
    assert client.v1.refunds.create({"charge": charge_id}).amount == 2000


def test_refund_waits_for_the_customer(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    charge_id = charge(client, "pm_card_pendingRefund", 2000)
    wish = {"charge": charge_id, "amount": 500, "instructions_email": "ada@example.com"}
    first, second = (client.v1.refunds.create(wish) for _ in range(2))
    for refund in (first, second):
        steer = {"outcome": "require_action"}
        status = stripesim.control(f"refunds/{refund.id}", steer)["status"]
        assert status == "requires_action"
    asked = client.v1.refunds.retrieve(first.id)
    sent = asked.next_action.display_details.email_sent
    assert (asked.instructions_email, sent.email_sent_to) == ("ada@example.com", "ada@example.com")
    canceled = client.v1.refunds.cancel(first.id)
    assert (canceled.status, canceled.failure_reason) == ("canceled", "merchant_request")
    assert fitting(client, 2) == ["refund.updated", "charge.refund.updated"]
    assert client.v1.charges.retrieve(charge_id).amount_refunded == 500
    stripesim.control(f"refunds/{second.id}", {"outcome": "succeed"})
    assert client.v1.refunds.retrieve(second.id).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.cancel(second.id)


def test_a_waiting_refund_can_be_called_off(
    client: stripe.StripeClient, stripesim: StripeSim
) -> None:
    charge_id = charge(client, "pm_card_bypassPending", 2000)
    refund = client.v1.refunds.create({"charge": charge_id})
    assert refund.pending_reason == "insufficient_funds"
    assert fitting(client, 2) == ["refund.created", "charge.refunded"]
    stripesim.control(f"refunds/{refund.id}", {"outcome": "cancel"})
    canceled = client.v1.refunds.retrieve(refund.id)
    assert (canceled.status, canceled.balance_transaction) == ("canceled", None)
    assert client.v1.balance.retrieve().available[0].amount == 2000 - 88


def test_refund_above_the_balance_waits_for_money(
    client: stripe.StripeClient, stripesim: StripeSim
) -> None:
    stripesim.control("clock/set", {"now": FRIDAY, "frozen": True})
    charge_id = charge(client, "pm_card_bypassPending", 2000)
    refund = client.v1.refunds.create({"charge": charge_id})
    assert (refund.status, refund.pending_reason) == ("pending", "insufficient_funds")
    assert refund.balance_transaction is None
    charge(client, "pm_card_bypassPending", 5000)
    stripesim.control("clock/advance", {"days": 1})
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"


def test_refund_of_money_still_pending_draws_on_it(client: stripe.StripeClient) -> None:
    charge_id = charge(client, "pm_card_visa", 2000)
    refund = client.v1.refunds.create({"charge": charge_id, "expand": ["balance_transaction"]})
    assert refund.status == "succeeded"
    assert refund.balance_transaction.available_on == booked(client, charge_id).available_on


def test_capture_can_be_made_to_take_time(
    client: stripe.StripeClient, stripesim: StripeSim
) -> None:
    stripesim.control("clock/set", {"frozen": True})
    stripesim.control("config", {"capture_delay": 30})
    charge_id = charge(client, "pm_card_visa", 2000)
    assert booked(client, charge_id) is None
    stripesim.control("clock/advance", {"seconds": 30})
    assert booked(client, charge_id).amount == 2000


def test_partial_capture_and_release(client: stripe.StripeClient) -> None:
    held = client.v1.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "capture_method": "manual",
            "confirm": True,
            "off_session": True,
        }
    )
    assert booked(client, held.latest_charge) is None
    client.v1.payment_intents.capture(held.id, {"amount_to_capture": 1200})
    assert booked(client, held.latest_charge).amount == 1200
