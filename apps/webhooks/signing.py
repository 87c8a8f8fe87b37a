"""Signatures of Standard Webhooks, and the headers of a delivery. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from standardwebhooks import Webhook

PREFIX: Final = "whsec_"
USER_AGENT: Final = "comptroller webhooks"


def sign(*, secret: str, is_standard: bool, webhook_id: str, at: datetime, body: str) -> str:
    """
    `v1,…` for a body sent at a moment.

    By the standard the key is what is base64 behind the `whsec_`. The older way of the Polar API
    takes the whole secret as it is written, prefix included.
    """
    if is_standard:
        return Webhook(secret).sign(webhook_id, at, body)
    content = f"{webhook_id}.{int(at.timestamp())}.{body}".encode()
    digest = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def headers(
    *,
    secrets: Sequence[str],
    is_standard: bool,
    webhook_id: str,
    sequence: int | None,
    at: datetime,
    body: str,
    correlation_id: str = "",
) -> dict[str, str]:
    """
    What goes with a body: its id (the same for every try), when it is sent, and its signatures.

    Each secret that holds signs; by the standard, and beside it in the older way, which is all that
    receivers with an older SDK understand. `correlation_id` is that of the request or task that
    caused it.
    """
    ways = (True, False) if is_standard else (False,)
    signatures = (
        sign(secret=secret, is_standard=way, webhook_id=webhook_id, at=at, body=body)
        for secret in secrets
        for way in ways
    )
    found = {
        "user-agent": USER_AGENT,
        "content-type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    if sequence is not None:
        found["webhook-sequence"] = str(sequence)
    if correlation_id:
        found["x-correlation-id"] = correlation_id
    return found
