"""Proof that a webhook comes from the processor."""

from __future__ import annotations

from collections.abc import Sequence

import stripe

from apps.processors.errors import SignatureInvalid

TOLERANCE_SECONDS = 300


def verify_signature(*, body: bytes, header: str, secrets: Sequence[str]) -> None:
    """
    Pass if one of `secrets` signed exactly this `body` within the last five minutes.

    :raises SignatureInvalid: otherwise.
    """
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(body, header, secret, TOLERANCE_SECONDS)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
        return
    raise SignatureInvalid
