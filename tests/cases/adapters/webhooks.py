"""Signatures, deliveries, retries, order, switching off and addresses of webhooks."""

import base64
import json
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

from apps.core.clock import pinned
from apps.core.errors import ResourceNotFound
from apps.core.ids import new_id
from apps.core.outbound.addresses import UnsafeAddress, parse_url
from apps.customers.inputs import CustomerInput
from apps.customers.operations import create_customer
from apps.events.models import Event
from apps.organizations.models import Organization
from apps.webhooks.courier import serve
from apps.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from apps.webhooks.operations import (
    EndpointInput,
    announce_event,
    archive_events,
    create_endpoint,
    disable_endpoint,
    redeliver_event,
    reset_endpoint_secret,
)
from apps.webhooks.operations.serving import give_up_failing
from apps.webhooks.schedule import pause_bounds
from apps.webhooks.secrets import secret_of
from apps.webhooks.selectors import waiting_events
from apps.webhooks.sending import TIMEOUT_SECONDS
from apps.webhooks.signing import headers as headers_of
from apps.webhooks.signing import sign as signature_of
from tests.cases.registry import Facts, adapter
from tests.cases.world import NOW, make_customer, make_organization, origin_at
from tests.support.receivers import receiving

AREA = "webhooks"
# What the making of a customer is told as.
TOLD = ["customer.created"]
NOBODY = "http://127.0.0.1:1/hook"
STATUS = {True: "delivered", False: "failed", None: "pending"}


@adapter(AREA)
def sign(given: Facts, when: Facts) -> Facts:
    signature = signature_of(
        secret=given["secret"],
        is_standard=False,
        webhook_id=when["id"],
        at=datetime.fromtimestamp(when["timestamp"], UTC),
        body=when["body"],
    )
    return {"signature": signature}


@adapter(AREA)
def headers(given: Facts, when: Facts) -> Facts:
    at = datetime.now(UTC)
    found = headers_of(
        secrets=[given["secret"]],
        is_standard=False,
        webhook_id=str(new_id()),
        sequence=None,
        at=at,
        body="{}",
    )
    is_seconds = int(found["webhook-timestamp"]) == int(at.timestamp())
    return {"headers": list(found), "timestamp_unit": "seconds" if is_seconds else None}


@adapter(AREA)
def verify_with_standard_client(given: Facts, when: Facts) -> Facts:
    sent = headers_of(
        secrets=[given["secret"]],
        is_standard=False,
        webhook_id=str(new_id()),
        sequence=None,
        at=datetime.now(UTC),
        body='{"a":1}',
    )
    client = Webhook(base64.b64encode(given["secret"].encode()).decode())
    return {"valid": client.verify('{"a":1}', sent) == {"a": 1}}


@adapter(AREA, db=True)
def emit(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    endpoint = _endpoint(organization, events=given["events"])
    if when["type"].startswith("customer."):
        create_customer(
            organization=organization, data=CustomerInput(email="a@example.com"), origin=origin_at()
        )
    else:
        happened = Event(type=when["type"], organization_id=organization.pk, at=NOW)
        announce_event(happened, origin_at())
    return {"queued": WebhookEvent.objects.filter(endpoint=endpoint).count()}


@adapter(AREA, db=True)
def deliver(given: Facts, when: Facts) -> Facts:
    with receiving() as receiver, pinned(NOW):
        response = when["response"]
        url = NOBODY
        if isinstance(response, dict):
            url = receiver.url
            receiver.answer(response["status"], response.get("body", "").encode())
        endpoint = _endpoint(make_organization(), url=url)
        event = _event(endpoint)
        if given.get("event_succeeded"):
            _set(event, status="delivered", finished_at=NOW)
        for _ in given.get("previous_deliveries", ()):
            event.attempt_count += 1
        _set(event, attempt_count=event.attempt_count)
        if given.get("enabled") is False:
            disable_endpoint(endpoint_id=endpoint.pk, origin=origin_at())
        elif when.get("redeliver"):
            redeliver_event(event_id=event.pk, origin=origin_at())
        count = serve(endpoint.pk)
    event = WebhookEvent.objects.get(pk=event.pk)
    delivery = WebhookDelivery.objects.filter(event=event).first()
    return {
        "sent": count > 0,
        "skipped": event.status == "skipped",
        "succeeded": delivery and delivery.is_success,
        "stored_response": delivery and delivery.response,
        "event_succeeded": {"delivered": True, "failed": False}.get(event.status),
    }


@adapter(AREA, db=True)
def deliver_until_done(given: Facts, when: Facts) -> Facts:
    with receiving() as receiver:
        response = when["response"]
        url = NOBODY
        if isinstance(response, dict):
            url = receiver.url
            receiver.answer(response["status"])
        endpoint = _endpoint(make_organization(), url=url)
        event = _event(endpoint)
        at = NOW
        while WebhookEvent.objects.get(pk=event.pk).status == "pending":
            with pinned(at):
                serve(endpoint.pk)
            at = WebhookEndpoint.objects.get(pk=endpoint.pk).next_attempt_at or at
    event = WebhookEvent.objects.get(pk=event.pk)
    return {
        "deliveries": WebhookDelivery.objects.filter(event=event).count(),
        "event_succeeded": event.status == "delivered",
    }


@adapter(AREA)
def retry_delay(given: Facts, when: Facts) -> Facts:
    bounds = pause_bounds(when["failed_attempts"])
    if bounds is None:
        return {"retry": False, "min_ms": None, "max_ms": None}
    least, most = (round(bound.total_seconds() * 1000) for bound in bounds)
    return {"retry": True, "min_ms": least, "max_ms": most}


@adapter(AREA, db=True)
def after_failure(given: Facts, when: Facts) -> Facts:
    endpoint = _endpoint(make_organization())
    for place, outcome in enumerate(given["outcomes"]):
        finished_at = None if outcome is None else NOW + timedelta(seconds=place)
        _set(_event(endpoint), status=STATUS[outcome], finished_at=finished_at)
    give_up_failing(endpoint, origin_at())
    return {
        "enabled": WebhookEndpoint.objects.get(pk=endpoint.pk).is_enabled,
        "skipped": WebhookEvent.objects.filter(endpoint=endpoint, status="skipped").count(),
    }


@adapter(AREA, db=True)
def blocking_events(given: Facts, when: Facts) -> Facts:
    """Ours waits for every earlier one that is neither delivered nor given up (deviation 15)."""
    endpoint = _endpoint(make_organization())
    for sequence, earlier in enumerate(given["earlier"], start=1):
        is_delivered = "succeeded" in earlier["deliveries"]
        _set(_event(endpoint), sequence=sequence, status="delivered" if is_delivered else "pending")
    return {"count": len(waiting_events(endpoint.pk, 1_000))}


@adapter(AREA)
def order_delay(given: Facts, when: Facts) -> Facts:
    """Nothing that waits behind others asks whether it may go (deviation 15)."""
    return {"delay_ms": 0}


@adapter(AREA)
def validate_url(given: Facts, when: Facts) -> Facts:
    try:
        parse_url(when["url"], is_local_allowed=False)
    except UnsafeAddress:
        return {"valid": False}
    return {"valid": True}


@adapter(AREA, db=True)
def reset_secret(given: Facts, when: Facts) -> Facts:
    endpoint = _endpoint(make_organization())
    before = secret_of(endpoint)
    after = secret_of(reset_endpoint_secret(endpoint_id=endpoint.pk, origin=origin_at()))
    return {"changed": before != after}


@adapter(AREA, db=True)
def redeliver(given: Facts, when: Facts) -> Facts:
    event = _event(_endpoint(make_organization()))
    asking = make_organization() if given["auth"] == "other_organization" else event.organization
    if not WebhookEvent.objects.for_organization(asking).filter(pk=event.pk).exists():
        raise ResourceNotFound
    redeliver_event(event_id=event.pk, origin=origin_at())
    return {"error": None}


@adapter(AREA, db=True)
def archive(given: Facts, when: Facts) -> Facts:
    event = _event(_endpoint(make_organization()))
    age = timedelta(days=given["event_age_days"])
    _set(event, status="delivered", created_at=NOW - age)
    archive_events(origin=origin_at())
    payload = WebhookEvent.objects.get(pk=event.pk).payload
    return {"payload": payload if payload is None else json.loads(payload)}


@adapter(AREA)
def timeout(given: Facts, when: Facts) -> Facts:
    return {"seconds": TIMEOUT_SECONDS}


def _endpoint(
    organization: Organization, *, url: str = NOBODY, events: list[str] | None = None
) -> WebhookEndpoint:
    data = EndpointInput(url=url, events=TOLD if events is None else events)
    return create_endpoint(organization=organization, data=data, origin=origin_at())


def _event(endpoint: WebhookEndpoint) -> WebhookEvent:
    """A customer's making, told to one endpoint."""
    make_customer(endpoint.organization)
    return WebhookEvent.objects.filter(endpoint=endpoint).latest("position")


def _set(event: WebhookEvent, **values: object) -> None:
    WebhookEvent.objects.filter(pk=event.pk).update(**values)
