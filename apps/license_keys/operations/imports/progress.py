"""How far a file is, told beside the transaction that works on it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.core.cache import cache

KEPT_SECONDS: Final = 3600


def note_progress(import_id: UUID, count: int) -> None:
    """So many rows are done; nobody else sees them before the commit."""
    cache.set(_name(import_id), count, KEPT_SECONDS)


def progress_of(import_id: UUID) -> int:
    """How many rows are done, as far as is known."""
    return int(cache.get(_name(import_id)) or 0)


def _name(import_id: UUID) -> str:
    return f"license_keys.import.{import_id}"
