"""A webhook endpoint of the demo merchant, which leads to its inbox."""

from __future__ import annotations

from typing import Final

import structlog

from apps.backoffice.demo.cast import ORGANIZATION_SLUG
from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.organizations.models import Organization
from apps.sandbox.inbox import inbox_url
from apps.webhooks.models import WebhookEndpoint
from apps.webhooks.operations import EndpointInput, create_endpoint, update_endpoint
from apps.webhooks.registry import EVENT_TYPES

log = structlog.get_logger(__name__)

NAME: Final = "Inbox of the sandbox"


def seed_inbox(organization: Organization, *, origin: Origin) -> None:
    """
    The endpoint, for every type of event; one that is there is led to where the system is now.

    Withdrawn or disabled, it stays so. None where nothing may be sent to our own address.
    """
    url = inbox_url(organization)
    found = WebhookEndpoint.objects.filter(organization=organization, name=NAME).first()
    try:
        if found is None:
            data = EndpointInput(url=url, name=NAME, events=list(EVENT_TYPES))
            create_endpoint(organization=organization, data=data, origin=origin)
        elif found.url != url and found.deleted_at is None:
            update_endpoint(endpoint_id=found.pk, changes={"url": url}, origin=origin)
    except ValidationFailed as error:
        log.info("demo_inbox_refused", detail=error.detail)


def demo_inbox_url() -> str:
    """Where the demo merchant's webhooks can be seen."""
    return inbox_url(Organization.objects.get(slug=ORGANIZATION_SLUG))
