"""Delivery of events: signed, in order, again after failure, twice or shuffled on request."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from tests.stripesim.contract import contract
from tests.support.stripesim import StripeSim

SECRET = "whsec_of_the_test"
SALE = {
    "amount": 2000,
    "currency": "usd",
    "payment_method": "pm_card_visa",
    "confirm": True,
    "off_session": True,
}


@dataclass
class Receiver:
    """A merchant's endpoint that verifies every delivery with the official library."""

    url: str = ""
    refuse: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    attempts: int = 0

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def receive(self, body: bytes, signature: str) -> int:
        event = stripe.Webhook.construct_event(body, signature, SECRET)
        self.attempts += 1
        if self.attempts <= self.refuse:
            return 500
        self.events.append(event.to_dict())
        return 200


@pytest.fixture
def receiver(stripesim: StripeSim, client: stripe.StripeClient) -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(kept.receive(body, self.headers["Stripe-Signature"]))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kept.url = f"http://127.0.0.1:{server.server_port}/hook"
    stripesim.control("webhook_endpoints", {"url": kept.url, "secret": SECRET})
    yield kept
    stripesim.control("reset", {})
    server.shutdown()
    server.server_close()


def test_events_of_a_sale_arrive_signed_and_in_order(
    client: stripe.StripeClient, stripesim: StripeSim, receiver: Receiver
) -> None:
    client.v1.payment_intents.create({**SALE, "metadata": {"order_id": "1"}})
    counts = stripesim.control("deliveries/flush", {})["counts"]
    assert counts == {"waiting": 0, "delivered": 4, "failed": 0}
    assert receiver.types == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
    ]
    charge, settled = (receiver.events[n]["data"]["object"] for n in (1, 3))
    assert charge["balance_transaction"] is None
    assert charge["metadata"] == {"order_id": "1"}
    assert settled["balance_transaction"].startswith("txn_")
    assert receiver.events[3]["data"]["previous_attributes"] == {"balance_transaction": None}
    for event in receiver.events:
        assert [p for p in contract().check_event(event) if p.level != "notice"] == []
        assert event["pending_webhooks"] == 1
    assert client.v1.events.retrieve(receiver.events[0]["id"]).pending_webhooks == 0


def test_a_failed_delivery_is_repeated(
    client: stripe.StripeClient, stripesim: StripeSim, receiver: Receiver
) -> None:
    stripesim.control("config", {"retry_delays": [0, 1]})
    receiver.refuse = 2
    client.v1.customers.create()
    end = time.monotonic() + 10
    while not receiver.events and time.monotonic() < end:
        time.sleep(0.05)
    assert (receiver.types, receiver.attempts) == (["customer.created"], 3)


def test_given_up_deliveries_can_be_flushed(
    client: stripe.StripeClient, stripesim: StripeSim, receiver: Receiver
) -> None:
    stripesim.control("config", {"retry_delays": []})
    receiver.refuse = 1
    client.v1.customers.create()
    end = time.monotonic() + 10
    while not receiver.attempts and time.monotonic() < end:
        time.sleep(0.05)
    missed = client.v1.events.list({"delivery_success": False}).data
    assert [event.type for event in missed] == ["customer.created"]
    stripesim.control("deliveries/flush", {})
    assert receiver.types == ["customer.created"]
    assert client.v1.events.list({"delivery_success": False}).data == []


def test_duplicates_and_resending(
    client: stripe.StripeClient, stripesim: StripeSim, receiver: Receiver
) -> None:
    stripesim.control("deliveries/duplicate", {"copies": 2})
    client.v1.customers.create()
    stripesim.control("deliveries/flush", {})
    assert len({event["id"] for event in receiver.events}) == 1
    assert len(receiver.events) == 2
    stripesim.control("deliveries/duplicate", {"copies": 1})
    stripesim.control("deliveries/resend", {"event": receiver.events[0]["id"]})
    stripesim.control("deliveries/flush", {})
    assert len(receiver.events) == 3


def test_pause_and_shuffle(
    client: stripe.StripeClient, stripesim: StripeSim, receiver: Receiver
) -> None:
    stripesim.control("deliveries/pause", {})
    stripesim.control("deliveries/shuffle", {"on": True})
    for _ in range(5):
        client.v1.payment_intents.create(SALE)
    assert receiver.events == []
    stripesim.control("deliveries/resume", {})
    stripesim.control("deliveries/flush", {})
    made = [event.id for event in client.v1.events.list({"limit": 100}).data][::-1]
    arrived = [event["id"] for event in receiver.events]
    assert sorted(arrived) == sorted(made)
    assert arrived != made


def test_an_endpoint_gets_what_it_asked_for(
    client: stripe.StripeClient, stripesim: StripeSim, receiver: Receiver
) -> None:
    wanted = {"url": receiver.url, "secret": SECRET, "enabled_events": ["charge.updated"]}
    stripesim.control("webhook_endpoints", wanted)
    account = {"stripe_account": stripesim.control("accounts", {})["id"]}
    client.v1.payment_intents.create(SALE)
    client.v1.payment_intents.create(SALE, account)
    stripesim.control("deliveries/flush", {})
    assert receiver.types == ["charge.updated"]
    stripesim.control("webhook_endpoints", {**wanted, "connect": True})
    client.v1.payment_intents.create(SALE, account)
    stripesim.control("deliveries/flush", {})
    assert receiver.events[1]["account"] == account["stripe_account"]


def test_what_callers_cause_is_held_back_and_released(
    client: stripe.StripeClient, stripesim: StripeSim, receiver: Receiver
) -> None:
    stripesim.control("deliveries/hold", {"seconds": 60})
    client.v1.payment_intents.create({**SALE, "payment_method": "pm_card_createDispute"})
    stripesim.control("deliveries/flush", {})
    assert receiver.types == []

    # What the clock causes is nobody's answer.
    stripesim.control("clock/advance", {"days": 1})
    stripesim.control("deliveries/flush", {})
    assert "charge.dispute.created" in receiver.types
    assert "charge.succeeded" not in receiver.types

    stripesim.control("deliveries/release", {})
    stripesim.control("deliveries/flush", {})
    assert "charge.succeeded" in receiver.types


def test_holding_back_ends_by_itself(
    client: stripe.StripeClient, stripesim: StripeSim, receiver: Receiver
) -> None:
    stripesim.control("deliveries/hold", {"seconds": 0.2})
    client.v1.payment_intents.create(SALE)
    end = time.monotonic() + 20
    while "charge.succeeded" not in receiver.types and time.monotonic() < end:
        time.sleep(0.05)
    assert "charge.succeeded" in receiver.types
