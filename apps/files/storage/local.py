"""Files in a storage of Django's: parts come to us, and are put together here."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Final

from django.conf import settings
from django.core import signing
from django.core.files import File as Content
from django.core.files.storage import Storage as DjangoStorage
from django.urls import reverse

from apps.files.errors import UploadIncomplete
from apps.files.inputs import PartDone
from apps.files.models import File, FilePart
from apps.files.storage.base import Address, Completed

LIFETIME: Final = timedelta(hours=1)
CHUNK: Final = 1024 * 1024
_SALT: Final = "files.part"


class LocalStorage:
    """Parts lie beside the content until they are put together."""

    def __init__(self, disk: DjangoStorage) -> None:
        self._disk = disk

    def begin(self, file: File) -> str:
        """The id of the file: nothing has to be prepared."""
        return str(file.pk)

    def part_address(self, file: File, part: FilePart, now: datetime) -> Address:
        """An address of ours, signed for this part."""
        token = signing.dumps({"file": str(file.pk), "number": part.number}, salt=_SALT)
        return Address(
            url=f"{settings.BASE_URL}{reverse('files:part', args=[token])}",
            expires_at=now + LIFETIME,
        )

    def receive(self, part: FilePart, chunks: Iterator[bytes]) -> str:
        """
        Keep a part that comes in; its tag. Sent again it replaces the one before.

        :raises UploadIncomplete: if its size or checksum is not what was announced.
        """
        digest, size = hashlib.sha256(), 0
        with TemporaryFile() as kept:
            for chunk in chunks:
                size += len(chunk)
                if size > part.end - part.start:
                    raise UploadIncomplete("The part is larger than announced.")
                digest.update(chunk)
                kept.write(chunk)
            if size != part.end - part.start:
                raise UploadIncomplete("The part is smaller than announced.")
            if part.checksum and part.checksum != _base64(digest.digest()):
                raise UploadIncomplete("The part is not what was announced.")
            kept.seek(0)
            self._replace(_part_path(part), kept)
        return digest.hexdigest()

    def complete(self, file: File, parts: Sequence[PartDone]) -> Completed:
        """The parts in order, checked against what was announced of the whole."""
        digest = hashlib.sha256()
        rows = list(file.parts.order_by("number"))
        tags = {done.number: done.etag.strip('"') for done in parts}
        with TemporaryFile() as whole:
            for row in rows:
                self._append(row, tags.get(row.number), whole, digest)
            if file.checksum and file.checksum != _base64(digest.digest()):
                raise UploadIncomplete("The content is not what was announced.")
            whole.seek(0)
            self._replace(file.path, whole)
        for row in rows:
            self._disk.delete(_part_path(row))
        return Completed(etag=digest.hexdigest())

    def download_address(self, file: File, now: datetime) -> Address | None:
        """None: the content goes through us."""
        return None

    def open(self, file: File) -> IO[bytes]:
        """The content."""
        return self._disk.open(file.path, "rb")

    def read(self, file: File) -> bytes:
        """All of the content at once."""
        with self.open(file) as content:
            return content.read()

    def delete(self, file: File) -> None:
        """Remove the content, and parts that were never put together."""
        self._disk.delete(file.path)
        for row in file.parts.all():
            self._disk.delete(_part_path(row))

    def _append(self, row: FilePart, tag: str | None, whole: IO[bytes], digest: object) -> None:
        path = _part_path(row)
        if tag is None or not self._disk.exists(path):
            raise UploadIncomplete(f"Part {row.number} has not come.")
        part_digest = hashlib.sha256()
        with self._disk.open(path, "rb") as part:
            while chunk := part.read(CHUNK):
                part_digest.update(chunk)
                digest.update(chunk)  # type: ignore[attr-defined]
                whole.write(chunk)
        if part_digest.hexdigest() != tag:
            raise UploadIncomplete(f"Part {row.number} has another tag.")

    def _replace(self, path: str, content: IO[bytes]) -> None:
        self._disk.delete(path)
        self._disk.save(path, Content(content))


def part_of_token(token: str) -> tuple[str, int] | None:
    """The file and number that an address was signed for; None if it does not hold any more."""
    try:
        named = signing.loads(token, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return None
    return named["file"], named["number"]


def _part_path(part: FilePart) -> str:
    return f"uploads/{part.file_id}/{part.number}"


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
