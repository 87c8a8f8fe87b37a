"""Secrets that are shown to somebody: a prefix that says what they are, and a checksum."""

import secrets
import string
import zlib
from typing import Final

_ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM_LENGTH: Final = 37
_CHECKSUM_LENGTH: Final = 6


def new_credential(prefix: str) -> str:
    """A fresh secret: `prefix`, 37 random alphanumerics, and their CRC-32 in six base-62 digits."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    return f"{prefix}{body}{_checksum(body)}"


def is_well_formed(value: str, prefix: str) -> bool:
    """Whether `value` could be a secret of this prefix: typing errors and guesses are not."""
    if not value.startswith(prefix) or "\0" in value:
        return False
    rest = value[len(prefix) :]
    if len(rest) != _RANDOM_LENGTH + _CHECKSUM_LENGTH:
        return False
    return _checksum(rest[:_RANDOM_LENGTH]) == rest[_RANDOM_LENGTH:]


def _checksum(body: str) -> str:
    value = zlib.crc32(body.encode())
    digits = ""
    while value:
        value, digit = divmod(value, 62)
        digits = _ALPHABET[digit] + digits
    return digits.rjust(_CHECKSUM_LENGTH, "0")
