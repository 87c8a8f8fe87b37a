"""A receiver for merchants who have none yet: what was delivered to it, for a week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import orjson
import redis
from django.conf import settings
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from apps.organizations.models import Organization
from apps.webhooks.models import WebhookEndpoint
from apps.webhooks.secrets import secret_of

KEPT: Final = 100
KEPT_SECONDS: Final = 7 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One delivery as it arrived; `is_signed` says whether a secret of the merchant's signed it."""

    received_at: datetime
    webhook_id: str
    sequence: str
    type: str
    is_signed: bool
    body: str


def inbox_url(organization: Organization) -> str:
    """Where the organization's inbox receives and is shown."""
    return f"{settings.BASE_URL}/sandbox/inbox/{organization.slug}"


def keep_message(
    *, organization: Organization, headers: Mapping[str, str], body: str, at: datetime
) -> Message:
    """Put a delivery on top; beyond a hundred the oldest go. A second one is kept as well."""
    message = Message(
        received_at=at,
        webhook_id=headers.get("webhook-id", "")[:100],
        sequence=headers.get("webhook-sequence", "")[:20],
        type=_type_of(body),
        is_signed=_is_signed(organization, headers, body),
        body=_indented(body),
    )
    with _valkey() as client:
        pipeline = client.pipeline()
        pipeline.lpush(_key(organization), orjson.dumps(asdict(message)))
        pipeline.ltrim(_key(organization), 0, KEPT - 1)
        pipeline.expire(_key(organization), KEPT_SECONDS)
        pipeline.execute()
    return message


def messages(organization: Organization) -> list[Message]:
    """What has arrived, the latest first."""
    with _valkey() as client:
        found = [orjson.loads(line) for line in client.lrange(_key(organization), 0, -1)]
    return [
        Message(**{**one, "received_at": datetime.fromisoformat(one["received_at"])})
        for one in found
    ]


def _is_signed(organization: Organization, headers: Mapping[str, str], body: str) -> bool:
    endpoints = WebhookEndpoint.objects.filter(
        organization=organization, url=inbox_url(organization)
    )
    return any(_verifies(secret_of(one), headers, body) for one in endpoints)


def _verifies(secret: str, headers: Mapping[str, str], body: str) -> bool:
    try:
        Webhook(secret).verify(body, dict(headers))
    except (WebhookVerificationError, ValueError):
        return False
    return True


def _type_of(body: str) -> str:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    return str(found.get("type", ""))[:100] if isinstance(found, dict) else ""


def _indented(body: str) -> str:
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return body


def _key(organization: Organization) -> str:
    return f"{settings.CACHES['default']['KEY_PREFIX']}:sandbox:inbox:{organization.pk}"


@contextmanager
def _valkey() -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
    try:
        yield client
    finally:
        client.close()
