"""What files may be. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from django.conf import settings

from apps.core.errors import ValidationFailed
from apps.files.inputs import FileInput
from apps.files.models import File

MIB: Final = 1024 * 1024
SHA256_BYTES: Final = 32
MAX_PARTS: Final = 10_000
IMAGES: Final = ("image/jpeg", "image/png", "image/gif", "image/webp")
_MIME = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*\Z", re.IGNORECASE)


def largest(service: str) -> int:
    """The most bytes that a file of a service may have."""
    sizes = {
        File.Service.PRODUCT_MEDIA: 10 * MIB,
        File.Service.ORGANIZATION_AVATAR: MIB,
    }
    return sizes.get(File.Service(service), settings.FILES_MAX_SIZE)


def require_possible(data: FileInput) -> None:
    """
    Pass if a file may be uploaded as announced.

    :raises ValidationFailed: naming what is wrong.
    """
    if not 1 <= data.size <= largest(data.service):
        message = f"The size must be 1 to {largest(data.service)} bytes."
        raise _wrong("size", message, data.size)
    if not _MIME.match(data.mime_type):
        raise _wrong("mime_type", "This is no MIME type.", data.mime_type)
    if data.service != File.Service.DOWNLOADABLE and data.mime_type not in IMAGES:
        raise _wrong("mime_type", f"This must be one of {', '.join(IMAGES)}.", data.mime_type)
    if not clean_name(data.name):
        raise _wrong("name", "The file needs a name.", data.name)
    _require_checksum(data.checksum, "checksum_sha256_base64")
    _require_parts(data)


def clean_name(name: str) -> str:
    """The name without folders and control characters, at most 255 characters of it."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(letter for letter in last if letter.isprintable()).strip()[:255]


def _require_parts(data: FileInput) -> None:
    if not 1 <= len(data.parts) <= MAX_PARTS:
        raise _wrong("upload", f"There must be 1 to {MAX_PARTS} parts.", len(data.parts))
    position = 0
    for number, part in enumerate(sorted(data.parts, key=lambda one: one.number), start=1):
        size = part.end - part.start
        if part.number != number or part.start != position or size < 1:
            raise _wrong("upload", "The parts must follow each other, from 1.", part.number)
        if size > settings.FILES_MAX_PART_SIZE:
            most = settings.FILES_MAX_PART_SIZE
            raise _wrong("upload", f"A part may have at most {most} bytes.", size)
        _require_checksum(part.checksum, "upload")
        position = part.end
    if position != data.size:
        raise _wrong("upload", "The parts do not add up to the size.", position)


def _require_checksum(text: str | None, name: str) -> None:
    if text is None:
        return
    try:
        is_whole = len(base64.b64decode(text, validate=True)) == SHA256_BYTES
    except (binascii.Error, ValueError):
        is_whole = False
    if not is_whole:
        raise _wrong(name, "This is no SHA-256 in base 64.", text)


def _wrong(name: str, message: str, value: object) -> ValidationFailed:
    return ValidationFailed.at("body", name, msg=message, value=value)
