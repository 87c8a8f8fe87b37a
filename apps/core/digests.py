"""Keyed digests: the same value is recognised again, and cannot be read or guessed from it."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings


def keyed_digest(purpose: str, value: str) -> str:
    """
    64 hexadecimal digits; another `purpose` gives another digest of the same value.

    Depends on SECRET_KEY: with another key nothing that was stored is recognised any more.
    """
    text = f"{purpose}\0{value}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()
