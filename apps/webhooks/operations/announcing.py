"""Writing down what merchants are to be told, in the transaction that makes it true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from functools import partial
from typing import Any, cast
from uuid import UUID

import orjson
from django.db import connection, transaction

from apps.api.wire import dump
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.core.postgres.base import DatabaseWrapper
from apps.events.models import Event
from apps.organizations.models import Organization
from apps.webhooks import chat
from apps.webhooks.models import WebhookEndpoint, WebhookEvent
from apps.webhooks.registry import Telling, telling_of
from apps.webhooks.selectors import listening_endpoints

# Whom this transaction has told already: one message to the broker is enough.
_RUNG = "webhooks.rung"


def announce_event(event: Event, origin: Origin) -> list[WebhookEvent]:
    """
    Write `event` down for each endpoint of its organization that asks for one of its names.

    The payload is what its subject is at this moment, in the endpoint's API version. It is
    delivered after the commit; for a disabled endpoint it is kept as skipped, to be asked for.
    """
    telling = telling_of(event.type)
    if telling is None or event.organization_id is None:
        return []
    endpoints = listening_endpoints(event.organization_id)
    if not endpoints:
        return []
    names = telling.names(event)
    rows = list(_rows(event, origin, telling, endpoints, names))
    WebhookEvent.objects.bulk_create(rows)
    for endpoint_id in {
        row.endpoint_id for row in rows if row.status == WebhookEvent.Status.PENDING
    }:
        _ring(endpoint_id)
    return rows


def _rows(
    event: Event,
    origin: Origin,
    telling: Telling,
    endpoints: list[WebhookEndpoint],
    names: Any,
) -> Iterator[WebhookEvent]:
    shapes: dict[str, Any] = {}
    for name in names:
        for endpoint in endpoints:
            if name not in endpoint.events:
                continue
            version = endpoint.api_version
            if version not in shapes:
                shapes[version] = telling.present(event, version)
            if shapes[version] is None:
                continue
            payload = _payload(name, endpoint, shapes[version], origin)
            if payload is None:
                continue
            yield WebhookEvent(
                organization_id=endpoint.organization_id,
                endpoint=endpoint,
                created_at=origin.at,
                type=name,
                subject_type=event.subject_type,
                subject_id=event.subject_id,
                correlation_id=event.correlation_id,
                customer_id=_customer_of(event, shapes[version]),
                api_version=version,
                payload=payload,
                status=WebhookEvent.Status.PENDING
                if endpoint.is_enabled
                else WebhookEvent.Status.SKIPPED,
                finished_at=None if endpoint.is_enabled else origin.at,
            )


def _customer_of(event: Event, data: Any) -> Any:
    """The customer whom the data describes."""
    return data.get("id") if event.subject_type == "customer" else data.get("customer_id")


def _payload(name: str, endpoint: WebhookEndpoint, data: Any, origin: Origin) -> str | None:
    """The body of the request; None where a chat need not hear of it."""
    if endpoint.format != WebhookEndpoint.Format.RAW:
        organization = Organization.objects.only("name", "slug").get(pk=endpoint.organization_id)
        message = chat.message_of(
            endpoint.format, name, orjson.loads(dump(data)), organization.name
        )
        return None if message is None else dump(message).decode()
    body = {
        "type": name,
        "timestamp": origin.at.astimezone(UTC),
        "api_version": endpoint.api_version,
        "data": data,
    }
    return dump(body).decode()


def _ring(endpoint_id: UUID) -> None:
    """Have the endpoint served after the commit, asked for once in a transaction."""
    notes = cast(DatabaseWrapper, connection).transaction_notes()
    if notes is not None:
        rung: set[UUID] = notes.setdefault(_RUNG, set())
        if endpoint_id in rung:
            return
        rung.add(endpoint_id)
        transaction.on_commit(partial(rung.discard, endpoint_id))
    enqueue("webhooks.serve_endpoint", endpoint_id=str(endpoint_id))
