"""
The JavaScript SDK and its adapter for Express, against the running system.

The adapter asks for an SDK of before the present wire; `overrides` gives it the present one, as a
merchant has to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from apps.webhooks.courier import serve
from apps.webhooks.models import WebhookEndpoint, WebhookEvent
from apps.webhooks.operations import update_endpoint
from apps.webhooks.registry import EVENT_TYPES
from tests.journeys.test_webhooks import live_through
from tests.support import node
from tests.support.receivers import Receiver, receiving
from tests.support.stripesim import stripesim
from tests.support.tills import Till, provider, till

__all__ = ["stripesim", "till"]

# Younger than the JavaScript SDK.
UNKNOWN = frozenset({"discount.created", "discount.deleted", "discount.updated"})


@pytest.fixture(autouse=True)
def packages() -> None:
    node.require_packages()


@pytest.fixture
def polar(till: Till) -> Any:
    with till.merchant.polar() as client:
        yield client


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def make_endpoint(polar: Any, url: str, leave_out: frozenset[str] = frozenset()) -> Any:
    events = [name for name in EVENT_TYPES if name not in leave_out]
    return polar.webhooks.create_webhook_endpoint(url=url, format="raw", events=events)


class TestSdk:
    def test_validates_every_event(self, till: Till, polar: Any, receiver: Receiver) -> None:
        endpoint = make_endpoint(polar, receiver.url)
        live_through(polar, till)
        serve(endpoint.id)
        lines = [
            json.dumps(
                {"secret": endpoint.secret, "body": request.body, "headers": request.headers}
            )
            for request in receiver.requests
        ]

        answers = [
            json.loads(line)
            for line in node.run("validator.mjs", text="\n".join(lines)).splitlines()
        ]

        refused = {
            name for name, answer in zip(receiver.types, answers, strict=True) if "error" in answer
        }
        assert refused == UNKNOWN
        assert all("Unknown event type" in one["error"] for one in answers if "error" in one)

    def test_notices_what_was_changed(self, polar: Any, receiver: Receiver) -> None:
        endpoint = make_endpoint(polar, receiver.url)
        polar.products.create(
            name="Book",
            prices=[{"amount_type": "fixed", "price_amount": 1000, "price_currency": "usd"}],
        )
        serve(endpoint.id)
        [request] = receiver.requests
        line = {"secret": endpoint.secret, "body": request.body + " ", "headers": request.headers}

        answer = json.loads(node.run("validator.mjs", text=json.dumps(line)))

        assert "No matching signature" in answer["error"]

    def test_sells(self, till: Till) -> None:
        told = node.run("client.mjs", TOKEN=till.merchant.token, SERVER_URL=till.url)

        assert json.loads(told)["names"] == ["Handbook"]
        assert json.loads(told)["amount"] == 2000


class TestExpress:
    def test_accepts_what_is_delivered(self, till: Till, polar: Any) -> None:
        endpoint = make_endpoint(polar, "http://127.0.0.1:9/hook", leave_out=UNKNOWN)
        with node.serving("receiver.mjs", WEBHOOK_SECRET=endpoint.secret) as (port, said):
            row = WebhookEndpoint.objects.get(pk=endpoint.id)
            url = f"http://127.0.0.1:{port}/hook"
            update_endpoint(endpoint_id=row.pk, changes={"url": url}, origin=provider())
            live_through(polar, till)
            serve(row.pk)

        events = WebhookEvent.objects.filter(endpoint=row).order_by("sequence")
        assert set(events.values_list("status", flat=True)) == {"delivered"}
        assert [line.get("type") for line in said] == list(events.values_list("type", flat=True))
