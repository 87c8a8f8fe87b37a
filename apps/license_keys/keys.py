"""What a licence key looks like."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

MAX_KEY_LENGTH: Final = 200
SHOWN: Final = 6


def clean_prefix(prefix: str | None) -> str | None:
    """The prefix as it is stored: trimmed, and None where nothing is left."""
    return (prefix or "").strip() or None


def new_key(prefix: str | None = None) -> str:
    """A random key in capitals, 122 bits of chance, after the prefix and a dash if there is one."""
    chance = str(uuid4())
    cleaned = clean_prefix(prefix)
    return (f"{cleaned}-{chance}" if cleaned else chance).upper()


def display_key(key: str) -> str:
    """The key for those who are to recognise it, not to use it: its last six characters."""
    return f"****-{key[-SHOWN:]}"
