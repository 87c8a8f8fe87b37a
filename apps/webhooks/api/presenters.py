"""Endpoints and deliveries as the API shows them: plain dicts, the shape of every version."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from django.conf import settings

from apps.api.shapes import OneOf
from apps.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from apps.webhooks.registry import EVENT_TYPES
from apps.webhooks.secrets import secret_of


class WebhookEndpointBody(TypedDict):
    """An endpoint with its secret."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    url: str
    name: str | None
    api_version: Annotated[str, OneOf(settings.API_VERSIONS)]
    format: Annotated[str, OneOf(WebhookEndpoint.Format.values)]
    secret: str
    organization_id: UUID
    events: list[Annotated[str, OneOf(EVENT_TYPES)]]
    enabled: bool
    uses_standard_webhook_signature: bool


class WebhookEventBody(TypedDict):
    """An event as it is sent to one endpoint."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    last_http_code: int | None
    succeeded: bool | None
    skipped: bool
    api_version: Annotated[str, OneOf(settings.API_VERSIONS)]
    payload: str | None
    type: Annotated[str, OneOf(EVENT_TYPES)]
    is_archived: bool


class WebhookDeliveryBody(TypedDict):
    """One try to deliver an event."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    succeeded: bool
    http_code: int | None
    response: str | None
    webhook_event: WebhookEventBody


class RedeliveryBody(TypedDict):
    """How many events are delivered again."""

    count: int


def present_endpoint(endpoint: WebhookEndpoint) -> WebhookEndpointBody:
    """An endpoint; its secret is opened to be shown."""
    return {
        "id": endpoint.pk,
        "created_at": endpoint.created_at,
        "modified_at": endpoint.modified_at,
        "url": endpoint.url,
        "name": endpoint.name or None,
        "api_version": endpoint.api_version,
        "format": endpoint.format,
        "secret": secret_of(endpoint),
        "organization_id": endpoint.organization_id,
        "events": endpoint.events,
        "enabled": endpoint.is_enabled,
        "uses_standard_webhook_signature": endpoint.uses_standard_signature,
    }


def present_delivery(delivery: WebhookDelivery) -> WebhookDeliveryBody:
    """A try, with its event, which should be loaded already."""
    return {
        "id": delivery.pk,
        "created_at": delivery.created_at,
        "modified_at": None,
        "succeeded": delivery.is_success,
        "http_code": delivery.http_code,
        "response": delivery.response,
        "webhook_event": present_event(delivery.event),
    }


def present_event(event: WebhookEvent) -> WebhookEventBody:
    """An event; `succeeded` is null until the first try."""
    status = event.status
    is_tried = event.attempt_count > 0 or status in ("delivered", "failed")
    return {
        "id": event.pk,
        "created_at": event.created_at,
        "modified_at": event.modified_at,
        "last_http_code": event.last_http_code,
        "succeeded": status == WebhookEvent.Status.DELIVERED if is_tried else None,
        "skipped": status == WebhookEvent.Status.SKIPPED,
        "api_version": event.api_version,
        "payload": event.payload,
        "type": event.type,
        "is_archived": event.payload is None,
    }
