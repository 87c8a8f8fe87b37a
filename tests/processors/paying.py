"""Customers, cards and payments that the gateway has made in the sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.ids import new_id
from apps.processors import gateway
from tests.support.stripesim import StripeSim
from tests.support.tills import STRIPE_BASES


@pytest.fixture
def sim(stripesim: StripeSim, settings: Any) -> StripeSim:
    """The sandbox, with the gateway pointed at it."""
    point_at(stripesim.url, settings)
    settings.STRIPE_SECRET_KEY = stripesim.secret_key
    return stripesim


def point_at(url: str, settings: Any) -> None:
    """Have the gateway ask whatever is at this address."""
    for name in STRIPE_BASES:
        setattr(settings, name, url)


def a_key() -> str:
    """A key that nothing was done under."""
    return f"test:{new_id().hex}"


def a_customer() -> str:
    """A new customer of the processor."""
    return gateway.create_customer(key=a_key(), email="ada@example.com", name="Ada Lovelace")


def a_token(sim: StripeSim, card: str = "pm_card_visa") -> str:
    """A confirmation token, as the payment form would mint it."""
    helpers = sim.client().v1.test_helpers
    return helpers.confirmation_tokens.create({"payment_method": card}).id


def pay(sim: StripeSim, card: str = "pm_card_visa", **changes: Any) -> gateway.Intent:
    """A payment that the buyer confirms, of a new customer unless told otherwise."""
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


def charge_saved(sim: StripeSim, card: str = "pm_card_visa", **changes: Any) -> gateway.Intent:
    """A charge of a card that a new customer has saved, without the buyer."""
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
