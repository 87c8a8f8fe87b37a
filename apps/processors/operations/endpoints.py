"""Telling the provider where its events go."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from apps.core.origin import Origin
from apps.processors import gateway, inbox
from apps.processors.gateway import WebhookEndpoint
from apps.processors.models import ProviderEndpoint

# Types that nobody handles are kept too, for support to look at.
ALL_EVENTS = ("*",)


def ensure_webhook_endpoint(
    *, url: str, is_connect: bool = False, origin: Origin
) -> ProviderEndpoint | None:
    """
    See that the provider sends the events of our account to `url`; again changes nothing.

    With `is_connect` they are those of merchants' accounts there, at a `url` of their own.

    Returns the endpoint we registered, or None where one was made by hand and its secret is
    configured. An endpoint for `url` whose secret nobody knows is replaced. The provider is asked
    between two transactions, under a key derived from our row: a lost answer is fetched by the
    next call. Raises as `gateway.client.writing`.
    """
    present = [found for found in gateway.read_webhook_endpoints() if found.url == url]
    known = ProviderEndpoint.objects.filter(url=url, retired_at=None).first()
    for found in present:
        if known is not None and found.id == known.external_id and _hears_all(found):
            return known
        if _is_made_by_hand(is_connect) and _hears_all(found):
            return None
    row = _promise_endpoint(url=url, origin=origin)
    made = gateway.create_webhook_endpoint(
        key=f"webhook_endpoint:{row.pk}",
        url=url,
        enabled_events=ALL_EVENTS,
        is_connect=is_connect,
    )
    _keep_endpoint(row=row, made=made)
    for found in present:
        if found.id != made.id:
            gateway.delete_webhook_endpoint(found.id)
    return row


@transaction.atomic
def _promise_endpoint(*, url: str, origin: Origin) -> ProviderEndpoint:
    """The row whose id is the key of the call: a fresh one, unless an answer is still missing."""
    alive = ProviderEndpoint.objects.filter(url=url, retired_at=None)
    waiting = alive.filter(external_id="").first()
    if waiting is not None:
        return waiting
    alive.update(retired_at=origin.at)
    return ProviderEndpoint.objects.create(url=url, created_at=origin.at)


@transaction.atomic
def _keep_endpoint(*, row: ProviderEndpoint, made: WebhookEndpoint) -> None:
    row.external_id = made.id
    row.secret = made.secret or ""
    row.save(update_fields=["external_id", "secret"])


def _is_made_by_hand(is_connect: bool) -> bool:
    if is_connect:
        return bool(settings.STRIPE_CONNECT_WEBHOOK_SECRET)
    return bool(settings.STRIPE_WEBHOOK_SECRET)


def _hears_all(endpoint: WebhookEndpoint) -> bool:
    heard = set(endpoint.enabled_events)
    return "*" in heard or heard.issuperset(inbox.handled_types())
