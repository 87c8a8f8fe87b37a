"""Saving a method without charging it, and letting one go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.processors.errors import PaymentError
from apps.processors.gateway.client import plain, reading, writing
from apps.processors.gateway.facts import Intent
from apps.processors.gateway.reading import intent_of


def confirm_setup_intent(
    *,
    key: str,
    customer_id: str,
    confirmation_token: str,
    return_url: str,
    metadata: Mapping[str, str],
    require_3ds: bool = False,
    description: str = "",
) -> Intent:
    """
    Save the method of a confirmation token for charges without the customer; takes no money.

    The intent is `succeeded`, with its method, or `requires_action`: then the customer's browser
    goes on with the client secret. The same `key` again with the same facts returns, or raises,
    what the first call did. Raises as `gateway.client.writing`.
    """
    params: Any = {
        "customer": customer_id,
        "confirm": True,
        "confirmation_token": confirmation_token,
        "automatic_payment_methods": {"enabled": True},
        "usage": "off_session",
        "return_url": return_url,
        "metadata": dict(metadata),
        "expand": ["payment_method"],
    }
    if description:
        params["description"] = description
    if require_3ds:
        params["payment_method_options"] = {"card": {"request_three_d_secure": "any"}}
    with writing() as stripe:
        intent = stripe.v1.setup_intents.create(params, {"idempotency_key": key})
    return intent_of(plain(intent))


def read_setup_intent(intent_id: str) -> Intent:
    """The setup intent as it stands, with its method."""
    with reading() as stripe:
        intent = stripe.v1.setup_intents.retrieve(intent_id, {"expand": ["payment_method"]})
    return intent_of(plain(intent))


def note_on_setup_intent(*, key: str, intent_id: str, metadata: Mapping[str, str]) -> Intent:
    """Write more metadata on a setup intent. Raises as `gateway.client.writing`."""
    params: Any = {"metadata": dict(metadata)}
    with writing() as stripe:
        intent = stripe.v1.setup_intents.update(intent_id, params, {"idempotency_key": key})
    return intent_of(plain(intent))


def cancel_setup_intent(*, key: str, intent_id: str) -> Intent:
    """Withdraw a setup intent that has not succeeded; PaymentError if it has."""
    with writing() as stripe:
        intent = stripe.v1.setup_intents.cancel(intent_id, {}, {"idempotency_key": key})
    return intent_of(plain(intent))


def detach_method(*, key: str, method_id: str) -> None:
    """Take a saved method from its customer for good; harmless if it is gone already."""
    try:
        with writing() as stripe:
            stripe.v1.payment_methods.detach(method_id, {}, {"idempotency_key": key})
    except PaymentError as error:
        if error.type != "invalid_request_error":
            raise
