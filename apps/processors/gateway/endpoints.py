"""Webhook endpoints at the processor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from apps.processors.errors import PaymentError
from apps.processors.gateway.client import plain, reading, writing
from apps.processors.gateway.facts import WebhookEndpoint


def read_webhook_endpoints() -> list[WebhookEndpoint]:
    """All endpoints of our own account."""
    with reading() as stripe:
        pages = stripe.v1.webhook_endpoints.list({"limit": 100})
        return [_endpoint_of(plain(found)) for found in pages.auto_paging_iter()]


def create_webhook_endpoint(
    *, key: str, url: str, enabled_events: Sequence[str], is_connect: bool = False
) -> WebhookEndpoint:
    """
    An endpoint for our own account's events, or for those of connected accounts.

    Raises as `gateway.client.writing`.
    """
    params: Any = {
        "url": url,
        "enabled_events": list(enabled_events),
        "api_version": settings.STRIPE_API_VERSION,
    }
    if is_connect:
        params["connect"] = True
    with writing() as stripe:
        made = stripe.v1.webhook_endpoints.create(params, {"idempotency_key": key})
    return _endpoint_of(plain(made))


def delete_webhook_endpoint(endpoint_id: str) -> None:
    """Stop sending to this endpoint; nothing happens if it is gone."""
    try:
        with writing() as stripe:
            stripe.v1.webhook_endpoints.delete(endpoint_id)
    except PaymentError as error:
        if error.error_code != "resource_missing":
            raise


def _endpoint_of(payload: dict[str, Any]) -> WebhookEndpoint:
    return WebhookEndpoint(
        id=payload["id"],
        url=payload["url"],
        enabled_events=tuple(payload.get("enabled_events") or ()),
        secret=payload.get("secret"),
    )
