"""Secrets that must be read again, encrypted at rest: webhook secrets, credentials of merchants."""

from __future__ import annotations

import base64
import os
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_FORMAT: Final = "v1"
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32
_NAME_LENGTH: Final = 8


class Unreadable(ValueError):
    """Sealed under a key that is not configured, for another place, or altered."""


def seal(text: str, *, place: str) -> str:
    """
    `text` encrypted with the first of `ENCRYPTION_KEYS` (AES-256-GCM), as printable ASCII.

    `place` says where it is kept, such as `webhooks.endpoint.secret:<id>`, and must be given again
    to read it: a value copied into another row is of no use there. Twice the same text gives two
    values.
    """
    name, key = _keys(settings.ENCRYPTION_KEYS)[0]
    nonce = os.urandom(_NONCE_BYTES)
    kept = nonce + AESGCM(key).encrypt(nonce, text.encode(), place.encode())
    return f"{_FORMAT}.{name}.{base64.urlsafe_b64encode(kept).decode()}"


def unseal(sealed: str, *, place: str) -> str:
    """
    The text that was sealed for `place`, whichever of `ENCRYPTION_KEYS` it was.

    :raises Unreadable: if there is no such key, the place is another, or it is damaged.
    """
    try:
        version, name, encoded = sealed.split(".")
        kept = base64.urlsafe_b64decode(encoded)
    except ValueError as error:
        raise Unreadable("This is no sealed value.") from error
    key = dict(_keys(settings.ENCRYPTION_KEYS)).get(name)
    if version != _FORMAT or key is None:
        raise Unreadable(f"No key {name!r} is configured.")
    try:
        return (
            AESGCM(key).decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], place.encode()).decode()
        )
    except InvalidTag as error:
        raise Unreadable("The sealed value is damaged, or of another place.") from error


@cache
def _keys(phrases: tuple[str, ...]) -> tuple[tuple[str, bytes], ...]:
    """Each key with its name; the name of a key says nothing about it."""
    return tuple((_name(key), key) for key in map(_key, phrases))


def _key(phrase: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=b"comptroller.sealing")
    return derived.derive(phrase.encode())


def _name(key: bytes) -> str:
    digest = Hash(SHA256())
    digest.update(b"name" + key)
    return digest.finalize().hex()[:_NAME_LENGTH]
