"""Secrets of endpoints: made here, sealed in the database, opened to sign and to be shown."""

from __future__ import annotations

import base64
import os
from datetime import datetime
from typing import Final
from uuid import UUID

from apps.core.sealing import seal, unseal
from apps.webhooks.models import WebhookEndpoint
from apps.webhooks.signing import PREFIX

_BYTES: Final = 32


def new_secret() -> str:
    """`whsec_` and 32 random bytes in base64, as Standard Webhooks has it."""
    return PREFIX + base64.b64encode(os.urandom(_BYTES)).decode()


def sealed_secret(endpoint_id: UUID, secret: str) -> str:
    """The secret as it is stored."""
    return seal(secret, place=_place(endpoint_id))


def secret_of(endpoint: WebhookEndpoint) -> str:
    """The secret that holds now."""
    return unseal(endpoint.sealed_secret, place=_place(endpoint.pk))


def signing_secrets(endpoint: WebhookEndpoint, at: datetime) -> list[str]:
    """What a delivery is signed with: the secret, and the former one while it still holds."""
    found = [secret_of(endpoint)]
    if endpoint.former_secret_until is not None and endpoint.former_secret_until > at:
        found.append(unseal(endpoint.sealed_former_secret, place=_place(endpoint.pk)))
    return found


def _place(endpoint_id: UUID) -> str:
    return f"webhooks.endpoint.secret:{endpoint_id}"
