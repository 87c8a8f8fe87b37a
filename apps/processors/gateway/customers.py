"""Customers at the processor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.processors.gateway.client import writing

ADDRESS_FIELDS = ("line1", "line2", "postal_code", "city", "state", "country")


def create_customer(
    *,
    key: str,
    email: str | None,
    name: str | None,
    address: Mapping[str, Any] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> str:
    """
    Make a customer and return its processor id; the same `key` again returns the same one.

    Raises as `gateway.client.writing`.
    """
    params = _params(email=email, name=name, address=address, metadata=metadata)
    with writing() as stripe:
        return stripe.v1.customers.create(params, {"idempotency_key": key}).id


def update_customer(
    *,
    key: str,
    customer_id: str,
    email: str | None = None,
    name: str | None = None,
    address: Mapping[str, Any] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Change what is given and leave the rest. Raises as `gateway.client.writing`."""
    params = _params(email=email, name=name, address=address, metadata=metadata)
    if not params:
        return
    with writing() as stripe:
        stripe.v1.customers.update(customer_id, params, {"idempotency_key": key})


def create_customer_session(*, key: str, customer_id: str) -> str:
    """The client secret that lets the payment form offer this customer's saved methods."""
    with writing() as stripe:
        session = stripe.v1.customer_sessions.create(
            {"customer": customer_id, "components": {"payment_element": {"enabled": True}}},
            {"idempotency_key": key},
        )
    return session.client_secret


def _params(
    *,
    email: str | None,
    name: str | None,
    address: Mapping[str, Any] | None,
    metadata: Mapping[str, str] | None,
) -> Any:
    params: dict[str, Any] = {}
    if email:
        params["email"] = email
    if name:
        params["name"] = name
    if address:
        params["address"] = _address(address)
    if metadata:
        params["metadata"] = dict(metadata)
    return params


def _address(address: Mapping[str, Any]) -> dict[str, str]:
    """The processor's fields; it wants "CA" where we keep "US-CA"."""
    fields = {name: str(address[name]) for name in ADDRESS_FIELDS if address.get(name)}
    if "state" in fields:
        fields["state"] = fields["state"].removeprefix(f"{fields.get('country', '')}-")
    return fields
