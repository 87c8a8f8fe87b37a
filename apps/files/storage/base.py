"""What a storage is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from apps.files.inputs import PartDone
from apps.files.models import File, FilePart


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to send or fetch something until `expires_at` (the machine's time), with `headers`."""

    url: str
    expires_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What came of an upload, in the storage's own words."""

    etag: str
    version: str = ""


class Storage(Protocol):
    """
    Files in parts. Nothing here is called inside a transaction that others wait for.

    `now` is the machine's time.
    """

    def begin(self, file: File) -> str:
        """Prepare an upload; the storage's own name for it."""

    def part_address(self, file: File, part: FilePart, now: datetime) -> Address:
        """Where to PUT one part."""

    def complete(self, file: File, parts: Sequence[PartDone]) -> Completed:
        """
        Put the parts together.

        :raises UploadIncomplete: if one is missing, or is not what was announced.
        """

    def download_address(self, file: File, now: datetime) -> Address | None:
        """Where to fetch the content; None if it goes through us."""

    def read(self, file: File) -> bytes:
        """All of the content at once, for what is known to be small."""

    def delete(self, file: File) -> None:
        """Remove content and parts; the second time nothing happens."""
