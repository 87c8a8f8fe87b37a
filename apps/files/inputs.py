"""What an upload announces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PartInput:
    """A part from `start` up to `end` (bytes, the end excluded); SHA-256 in base 64."""

    number: int
    start: int
    end: int
    checksum: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInput:
    """A file that is about to come in parts; `size` in bytes, SHA-256 in base 64."""

    service: str
    name: str
    mime_type: str
    size: int
    parts: Sequence[PartInput]
    checksum: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDone:
    """A part that was sent, with what the storage answered."""

    number: int
    etag: str
    checksum: str | None = None
