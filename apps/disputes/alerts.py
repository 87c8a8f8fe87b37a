"""
What the provider of alerts sends, as facts; pure.

ChargebackStop hears from the card networks before a bank opens a dispute, and may refund the
payment by itself so that it does not. Its messages are `alert.created` and `alert.updated`; they
name the payment by the processor's intent.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from apps.processors.errors import SignatureInvalid

PROVIDER: Final = "chargebackstop"
EVENTS: Final = ("alert.created", "alert.updated")
TOLERANCE: Final = timedelta(minutes=5)
REFUNDED: Final = "REFUNDED"
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A dispute that is about to come about; `amount` is gross, in minor units of `currency`."""

    id: str
    intent_id: str
    amount: int
    currency: str
    is_refunded: bool
    reason: str | None = None


def verify_alert_signature(*, body: bytes, header: str, secret: str, at: datetime) -> None:
    """
    Pass if `secret` signed exactly this `body` within five minutes of `at`.

    The header is `t=<seconds>,v1=<hex>`: HMAC-SHA512 over the time, a dot and the body.

    :raises SignatureInvalid: otherwise.
    """
    parts = dict(part.strip().partition("=")[::2] for part in header.split(","))
    try:
        # Whoever signed wrote plain digits, and not more of them than a time has.
        stamp = parts.get("t", "").encode("ascii")
        seconds = int(stamp) if stamp.isdigit() and len(stamp) <= _DIGITS else -1
        told = bytes.fromhex(parts.get("v1", ""))
    except ValueError as error:
        raise SignatureInvalid from error
    message = stamp + b"." + body
    expected = hmac.new(secret.encode(), message, hashlib.sha512).digest()
    is_recent = abs(at.timestamp() - seconds) <= TOLERANCE.total_seconds()
    if not secret or not is_recent or not hmac.compare_digest(expected, told):
        raise SignatureInvalid


def event_of(body: Mapping[str, Any], *, raw: bytes) -> dict[str, Any]:
    """
    The message in the shape of the inbox.

    One without an id of its own is known by its content: sent again it is the same.

    :raises KeyError, TypeError: for something that is no message of an alert.
    """
    kind = body.get("type") or body["event"]
    alert = body["data"]
    alert = alert.get("object") or alert
    return {
        "id": str(body.get("id") or hashlib.sha256(raw).hexdigest()),
        "type": f"{PROVIDER}.{kind}",
        "data": {"object": dict(alert)},
    }


def alert_of(payload: Mapping[str, Any]) -> Alert:
    """
    The facts of an alert.

    :raises KeyError, TypeError, ValueError: for something that is none.
    """
    return Alert(
        id=str(payload["id"]),
        intent_id=str(payload["integration_transaction_id"]),
        amount=int(payload["transaction_amount_in_cents"]),
        currency=str(payload["transaction_currency_code"]).lower(),
        is_refunded=payload.get("transaction_refund_outcome") == REFUNDED,
        reason=payload.get("reason_code") or None,
    )
