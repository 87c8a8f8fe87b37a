"""The text of an access token: its prefix, and the hash under which it is stored."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from django.conf import settings

ORGANIZATION_PREFIX: Final = "polar_oat_"


def hash_token(token: str) -> str:
    """The keyed hash under which a token is stored and found."""
    return hmac.new(settings.SECRET_KEY.encode(), token.encode(), hashlib.sha256).hexdigest()
