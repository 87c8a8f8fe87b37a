"""The text of an access token: how it is made, recognised and hashed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
import zlib

from django.conf import settings

ORGANIZATION_PREFIX = "polar_oat_"
CHECKOUT_PREFIX = "polar_c_"
RANDOM_LENGTH = 37
CHECKSUM_LENGTH = 6

_BASE_62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ALPHANUMERICS = string.ascii_letters + string.digits


def make_token(prefix: str) -> str:
    """A fresh secret: prefix, 37 random letters and digits, checksum of those."""
    random = "".join(secrets.choice(_ALPHANUMERICS) for _ in range(RANDOM_LENGTH))
    return f"{prefix}{random}{_checksum(random)}"


def is_well_formed(token: str, prefix: str) -> bool:
    """Whether the checksum holds: a mistyped token is told without asking the database."""
    if not token.startswith(prefix):
        return False
    body = token[len(prefix) :]
    random, checksum = body[:RANDOM_LENGTH], body[RANDOM_LENGTH:]
    return (
        len(body) == RANDOM_LENGTH + CHECKSUM_LENGTH
        and body.isascii()
        and checksum == _checksum(random)
    )


def hash_token(token: str) -> str:
    """The keyed hash under which a token is stored and found."""
    return hmac.new(settings.SECRET_KEY.encode(), token.encode(), hashlib.sha256).hexdigest()


def _checksum(random: str) -> str:
    number = zlib.crc32(random.encode())
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = _BASE_62[rest] + digits
    return digits.rjust(CHECKSUM_LENGTH, "0")
