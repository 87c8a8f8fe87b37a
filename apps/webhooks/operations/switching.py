"""Switching endpoints off, with what waits for them, and on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.operations import record
from apps.webhooks.models import WebhookEndpoint, WebhookEvent
from apps.webhooks.selectors import forget_listening


def ring(endpoint_id: UUID, *, countdown: float = 0) -> None:
    """Have an endpoint served after the commit; `countdown` in seconds."""
    enqueue("webhooks.serve_endpoint", endpoint_id=str(endpoint_id), countdown=countdown)


def disable(endpoint: WebhookEndpoint, reason: str, origin: Origin) -> int:
    """Switch a locked endpoint off; how many events are skipped."""
    if not endpoint.is_enabled:
        return 0
    endpoint.is_enabled = False
    endpoint.disabled_at = endpoint.modified_at = origin.at
    endpoint.disabled_reason = reason
    endpoint.save(update_fields=["is_enabled", "disabled_at", "disabled_reason", "modified_at"])
    skipped = skip_waiting(endpoint, origin)
    forget_listening()
    record_change("disabled", endpoint, origin, payload={"reason": str(reason), "skipped": skipped})
    return skipped


def skip_waiting(endpoint: WebhookEndpoint, origin: Origin) -> int:
    """Give up what waits for a locked endpoint; how many events."""
    waiting = WebhookEvent.objects.filter(endpoint=endpoint, status=WebhookEvent.Status.PENDING)
    return waiting.update(
        status=WebhookEvent.Status.SKIPPED, finished_at=origin.at, modified_at=origin.at
    )


def record_change(
    what: str,
    endpoint: WebhookEndpoint,
    origin: Origin,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Record `webhook_endpoint.<what>`."""
    record(
        f"webhook_endpoint.{what}",
        subject=endpoint,
        organization_id=endpoint.organization_id,
        origin=origin,
        changes=changes,
        payload=payload,
    )
