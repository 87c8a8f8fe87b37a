"""Making, changing, switching and withdrawing endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.changes import assign
from apps.core.ids import new_id
from apps.core.origin import Origin
from apps.organizations.models import Organization
from apps.webhooks import rules
from apps.webhooks.locks import lock_endpoint
from apps.webhooks.models import WebhookEndpoint
from apps.webhooks.operations.switching import disable, record_change, ring, skip_waiting
from apps.webhooks.secrets import new_secret, sealed_secret
from apps.webhooks.selectors import forget_listening

# How long deliveries carry a signature of the former secret as well.
OVERLAP: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointInput:
    """A new endpoint, as the API takes it."""

    url: str
    events: list[str] = field(default_factory=list)
    format: str = WebhookEndpoint.Format.RAW
    name: str | None = None
    api_version: str | None = None


@transaction.atomic
def create_endpoint(
    *, organization: Organization, data: EndpointInput, origin: Origin
) -> WebhookEndpoint:
    """
    A new endpoint with a secret of its own. Records `webhook_endpoint.created`.

    :raises ValidationFailed: if its URL, a type of event, its format or version will not do.
    """
    key = new_id()
    endpoint = WebhookEndpoint(
        id=key,
        created_at=origin.at,
        organization=organization,
        url=rules.clean_url(data.url),
        name=rules.clean_name(data.name),
        format=rules.clean_format(data.format),
        events=rules.clean_events(data.events),
        api_version=rules.clean_version(data.api_version or settings.API_DEFAULT_VERSION),
        sealed_secret=sealed_secret(key, new_secret()),
    )
    endpoint.save(force_insert=True)
    forget_listening()
    record_change("created", endpoint, origin)
    return endpoint


@transaction.atomic
def update_endpoint(
    *, endpoint_id: UUID, changes: Mapping[str, Any], origin: Origin
) -> WebhookEndpoint:
    """
    The endpoint with `changes`, named as in the API; what is absent or null stays.

    Enabling judges the URL again. Changing nothing writes nothing; otherwise records
    `webhook_endpoint.updated`, and `.enabled` or `.disabled`.

    :raises ValidationFailed: if a value will not do.
    :raises ResourceNotFound: if it is deleted.
    """
    endpoint = lock_endpoint(endpoint_id)
    cleaners = {
        "url": rules.clean_url,
        "name": rules.clean_name,
        "format": rules.clean_format,
        "events": rules.clean_events,
        "api_version": rules.clean_version,
    }
    given = {
        name: clean(changes[name])
        for name, clean in cleaners.items()
        if changes.get(name) is not None
    }
    difference = assign(endpoint, given)
    if difference:
        endpoint.modified_at = origin.at
        endpoint.save(update_fields=[*difference, "modified_at"])
        forget_listening()
        record_change("updated", endpoint, origin, difference)
    wanted = changes.get("enabled")
    if wanted is True:
        _enable(endpoint, origin)
    elif wanted is False:
        disable(endpoint, WebhookEndpoint.DisabledReason.MERCHANT, origin)
    return endpoint


@transaction.atomic
def enable_endpoint(*, endpoint_id: UUID, origin: Origin) -> WebhookEndpoint:
    """
    Let it get events again, from now on; what it missed can be asked for.

    Again: nothing changes.

    :raises ValidationFailed: if nothing may be sent to its URL any more.
    """
    endpoint = lock_endpoint(endpoint_id)
    _enable(endpoint, origin)
    return endpoint


@transaction.atomic
def disable_endpoint(
    *, endpoint_id: UUID, reason: str = WebhookEndpoint.DisabledReason.STAFF, origin: Origin
) -> WebhookEndpoint:
    """Deliver nothing to it; what waits, and what comes, is skipped. Again: nothing changes."""
    endpoint = lock_endpoint(endpoint_id)
    disable(endpoint, reason, origin)
    return endpoint


@transaction.atomic
def reset_endpoint_secret(*, endpoint_id: UUID, origin: Origin) -> WebhookEndpoint:
    """
    Give it a new secret; for 24 hours deliveries are signed with the former one, too.

    Each call makes another; only the latest former one is kept. Records
    `webhook_endpoint.secret_reset`.
    """
    endpoint = lock_endpoint(endpoint_id)
    endpoint.sealed_former_secret = endpoint.sealed_secret
    endpoint.former_secret_until = origin.at + OVERLAP
    endpoint.sealed_secret = sealed_secret(endpoint.pk, new_secret())
    endpoint.uses_standard_signature = True
    endpoint.modified_at = origin.at
    endpoint.save(
        update_fields=[
            "sealed_former_secret",
            "former_secret_until",
            "sealed_secret",
            "uses_standard_signature",
            "modified_at",
        ]
    )
    forget_listening()
    record_change("secret_reset", endpoint, origin)
    return endpoint


@transaction.atomic
def delete_endpoint(*, endpoint_id: UUID, origin: Origin) -> WebhookEndpoint:
    """
    Withdraw it: what waits is skipped, what was delivered stays on record.

    :raises ResourceNotFound: if it is deleted already.
    """
    endpoint = lock_endpoint(endpoint_id)
    endpoint.deleted_at = endpoint.modified_at = origin.at
    endpoint.save(update_fields=["deleted_at", "modified_at"])
    skip_waiting(endpoint, origin)
    forget_listening()
    record_change("deleted", endpoint, origin)
    return endpoint


def _enable(endpoint: WebhookEndpoint, origin: Origin) -> None:
    if endpoint.is_enabled:
        return
    rules.clean_url(endpoint.url)
    endpoint.is_enabled = True
    endpoint.disabled_at = None
    endpoint.disabled_reason = ""
    endpoint.failure_count = 0
    endpoint.next_attempt_at = None
    endpoint.modified_at = origin.at
    endpoint.save(
        update_fields=[
            "is_enabled",
            "disabled_at",
            "disabled_reason",
            "failure_count",
            "next_attempt_at",
            "modified_at",
        ]
    )
    forget_listening()
    record_change("enabled", endpoint, origin)
    ring(endpoint.pk)
