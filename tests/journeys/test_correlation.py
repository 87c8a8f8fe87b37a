"""One id from a request through real processes to a merchant; and what their logs leave out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from apps.core.origin import Door, system_origin
from apps.events.models import Delivery, Event
from apps.organizations.models import Organization
from apps.processors.operations import ensure_webhook_endpoint
from apps.webhooks.models import WebhookDelivery, WebhookEvent
from tests.support.brokers import OwnValkey, own_valkey
from tests.support.merchants import Merchant, make_merchant
from tests.support.receivers import Receiver, receiving
from tests.support.stripesim import StripeSim, stripesim
from tests.support.systems import web
from tests.support.tills import STRIPE_BASES
from tests.support.workers import eventually, worker

__all__ = ["stripesim"]

HEADER = "X-Correlation-ID"
MINE = "sale-2026.0001"
PERSON = {
    "customer_email": "grace.hopper@example.com",
    "customer_name": "Grace Quintessa Hopper",
    "customer_billing_address": {
        "country": "FR",
        "line1": "17 rue des Compilateurs",
        "postal_code": "75011",
        "city": "Paris",
    },
}
ADDRESS = "203.0.113.77"
CARD = "4242424242424242"


@pytest.fixture
def valkey() -> Iterator[OwnValkey]:
    with own_valkey() as server:
        yield server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def sell(http: httpx.Client, sim: StripeSim, receiver: Receiver) -> str:
    """A sale from the product to the payment; the plaintext of what the buyer holds."""
    price = {"amount_type": "fixed", "price_amount": 1000, "price_currency": "usd"}
    product = http.post("/v1/products/", json={"name": "Atlas", "prices": [price]}).json()
    told = {"url": receiver.url, "format": "raw", "events": ["checkout.created", "order.paid"]}
    assert http.post("/v1/webhooks/endpoints", json=told).status_code == 201
    answer = http.post("/v1/checkouts/", json={"products": [product["id"]]}, headers={HEADER: MINE})
    assert answer.headers[HEADER] == MINE
    secret = str(answer.json()["client_secret"])
    made = sim.client().v1.test_helpers.confirmation_tokens.create(
        {"payment_method": "pm_card_visa"}
    )
    bought = http.post(
        f"/v1/checkouts/client/{secret}/confirm",
        json={**PERSON, "confirmation_token_id": made.id},
        headers={HEADER: "not well formed!", "X-Forwarded-For": ADDRESS},
    )
    assert bought.status_code == 200, bought.text
    assert re.fullmatch(r"[0-9a-f]{32}", bought.headers[HEADER]), "its own, not what was offered"
    return secret


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_one_id_from_the_request_to_the_webhook_and_nobody_in_the_logs(
    valkey: OwnValkey,
    stripesim: StripeSim,
    receiver: Receiver,
    settings: object,
    tmp_path: Path,
) -> None:
    for name in STRIPE_BASES:
        setattr(settings, name, stripesim.url)
    logs = [tmp_path / "web.log", tmp_path / "worker.log"]
    access = {"ACCESS_LOG_LEVEL": "INFO", "LOG_LEVEL": "DEBUG"}
    bases = dict.fromkeys(STRIPE_BASES, stripesim.url)

    def printed() -> str:
        return "\n".join(log.read_text() for log in logs)

    with (
        web(valkey.url, log=logs[0], sim=stripesim, **access) as url,
        worker(valkey.url, log=logs[1], **bases, **access),
    ):
        ensure_webhook_endpoint(url=f"{url}/webhooks/stripe", origin=system_origin(Door.COMMAND))
        merchant: Merchant = make_merchant(url, require_3ds=False)
        with merchant.http() as http:
            secret = sell(http, stripesim, receiver)
        eventually(lambda: "order.paid" in receiver.types, seconds=90, what=printed)
        eventually(lambda: "orders.mail_confirmation" not in owed(), seconds=30, what=printed)

    event = Event.objects.get(type="checkout.created")
    assert event.correlation_id == MINE
    told = WebhookEvent.objects.get(type="checkout.created")
    assert told.correlation_id == MINE
    tried = WebhookDelivery.objects.get(event=told)
    assert tried.request_headers["x-correlation-id"] == MINE
    heard = next(one for one in receiver.requests if "checkout.created" in one.body)
    assert heard.headers["x-correlation-id"] == MINE
    in_web, in_worker = (
        [line for line in log.read_text().splitlines() if MINE in line] for log in logs
    )
    assert any("v1/checkouts/" in line and "request" in line for line in in_web)
    assert any("webhooks.serve_endpoint" in line for line in in_worker), "carried by the broker"
    assert any("webhook_tried" in line for line in in_worker)

    # What came of the payment belongs to whoever told of it, through the outbox, too.
    paid = Event.objects.get(type="order.paid")
    assert paid.correlation_id
    of_paid = [line for line in logs[1].read_text().splitlines() if paid.correlation_id in line]
    assert any("events.deliver_event" in line for line in of_paid)

    text = printed()
    forbidden = (
        PERSON["customer_email"],
        "grace.hopper",
        "Quintessa",
        "Compilateurs",
        ADDRESS,
        CARD,
        merchant.token,
        secret,
        stripesim.secret_key,
    )
    assert not [word for word in forbidden if str(word) in text]
    assert "request" in text and "order.paid" in text


def owed() -> list[str]:
    """Handlers that still owe something."""
    return list(Delivery.objects.filter(done_at=None).values_list("handler", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("offered", ["short", "x" * 65, "a b c d e f g h", "-leading"])
def test_takes_no_id_that_is_not_well_formed(client: object, offered: str) -> None:
    answer = client.get("/healthz/live", headers={HEADER: offered})  # type: ignore[attr-defined]

    assert answer[HEADER] != offered
    assert Organization.objects.count() == 0
