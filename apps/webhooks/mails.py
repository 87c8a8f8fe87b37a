"""What a merchant is written about its endpoints."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.notifications.operations import Occasion, queue_mail
from apps.organizations.selectors import member_addresses
from apps.webhooks.models import WebhookEndpoint

KIND: Final = "webhook_endpoint_disabled"
# Who disabled it themselves need not be told.
_TOLD: Final = frozenset(
    {WebhookEndpoint.DisabledReason.GONE, WebhookEndpoint.DisabledReason.FAILING}
)


def register() -> None:
    """Write to every member when an endpoint was disabled; called once at start."""
    subscribe(
        "webhook_endpoint.disabled",
        "webhooks.mail_disabled",
        tell_members,
        when=lambda event: event.payload.get("reason") in _TOLD,
    )


def tell_members(event: Event, origin: Origin) -> None:
    """One mail to each member, once for each time it happens."""
    rows = WebhookEndpoint.objects.select_related("organization")
    endpoint = rows.get(pk=UUID(event.subject_id))
    for address in member_addresses(endpoint.organization):
        queue_mail(
            occasion=Occasion(
                kind=KIND,
                key=f"{event.pk}:{address}",
                organization=endpoint.organization,
                recipient=address,
                subject_type="webhookendpoint",
                subject_id=str(endpoint.pk),
                context={
                    "url": endpoint.url,
                    "is_gone": event.payload["reason"] == WebhookEndpoint.DisabledReason.GONE,
                    "skipped": event.payload.get("skipped", 0),
                },
            ),
            origin=origin,
        )
