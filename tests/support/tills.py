"""A till: the running server, the sandbox Stripe it charges at, and the webhooks between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from apps.core.origin import Actor, Door, Origin, build_origin, system_origin
from apps.processors.models import InboundEvent
from apps.processors.operations import ensure_webhook_endpoint, handle_inbound_event
from tests.support.merchants import Merchant, make_merchant
from tests.support.stripesim import StripeSim

STRIPE_BASES = (
    "STRIPE_API_BASE",
    "STRIPE_FILES_BASE",
    "STRIPE_CONNECT_BASE",
    "STRIPE_METER_EVENTS_BASE",
)
BUYER = {
    "customer_email": "buyer@example.com",
    "customer_name": "Ada Buyer",
    "customer_billing_address": {"country": "FR"},
}


def provider() -> Origin:
    """The processor, now."""
    return build_origin(actor=Actor.PROVIDER, door=Door.WEBHOOK)


@dataclass
class Till:
    """What a sale needs, and what the tests steer."""

    url: str
    sim: StripeSim
    merchant: Merchant
    handled: list[str] = field(default_factory=list)

    def token(self, method: str = "pm_card_visa") -> str:
        """A confirmation token, as the payment form would mint it."""
        stripe = self.sim.client()
        made = stripe.v1.test_helpers.confirmation_tokens.create({"payment_method": method})
        return str(made.id)

    def charges(self, checkout_id: object) -> list[Any]:
        """The successful charges that Stripe has for a checkout."""
        found = self.sim.client().v1.charges.list({"limit": 100}).auto_paging_iter()
        return [
            charge
            for charge in found
            if charge.status == "succeeded"
            and charge.metadata.to_dict().get("checkout_id") == str(checkout_id)
        ]

    def answer_challenge(self, intent_id: str, *, passes: bool = True) -> None:
        """What the buyer does on the bank's page."""
        outcome = "complete" if passes else "fail"
        self.sim.control(f"challenges/{intent_id}", {"outcome": outcome})

    def deliver(self) -> None:
        """Have every webhook that is due delivered to the running server."""
        self.sim.control("deliveries/flush", {"timeout": 50})

    def settle(self) -> None:
        """Deliver the webhooks and handle what came in, as the worker would."""
        self.deliver()
        for event in self.open_events():
            handle_inbound_event(event_id=event.pk, origin=provider())

    def settle_until(self, condition: Callable[[], bool], *, seconds: float = 60) -> None:
        """Settle again and again until `condition` holds."""
        end = time.monotonic() + seconds
        while True:
            self.settle()
            if condition():
                return
            if time.monotonic() > end:
                events = list(InboundEvent.objects.values_list("type", "status", "last_error"))
                raise AssertionError(f"It did not happen: {events}")
            time.sleep(0.1)

    @staticmethod
    def open_events() -> list[InboundEvent]:
        """What has come in and is not handled, oldest first."""
        rows = InboundEvent.objects.filter(status=InboundEvent.Status.RECEIVED)
        return list(rows.order_by("received_at", "id"))


@pytest.fixture
def till(live_server: LiveServer, stripesim: StripeSim, settings: Any) -> Iterator[Till]:
    """A merchant's till at the running server."""
    for name in STRIPE_BASES:
        setattr(settings, name, stripesim.url)
    settings.STRIPE_SECRET_KEY = stripesim.secret_key
    settings.BASE_URL = live_server.url
    settings.STRIPE_MAX_RETRIES = 0
    settings.API_RATE_LIMITS = dict.fromkeys(
        ("restricted", "default", "elevated", "anonymous"), 1_000_000
    )
    url = f"{live_server.url}/webhooks/stripe"
    ensure_webhook_endpoint(url=url, origin=system_origin(Door.COMMAND))
    yield Till(
        url=live_server.url,
        sim=stripesim,
        merchant=make_merchant(live_server.url, require_3ds=False),
    )
    stripesim.control("deliveries/resume", {})
    stripesim.control("deliveries/shuffle", {"on": False})
    stripesim.control("deliveries/duplicate", {"copies": 1})
    stripesim.control("faults", method="DELETE")
    stripesim.control("deliveries/flush", {"timeout": 20})
    endpoints = stripesim.client().v1.webhook_endpoints
    for endpoint in endpoints.list({"limit": 100}).auto_paging_iter():
        if endpoint.url == url:
            endpoints.delete(endpoint.id)
