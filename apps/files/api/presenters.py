"""Files as the API shows them."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, TypedDict, cast
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from apps.core.clock import system_time
from apps.files.models import File
from apps.files.storage import Address, storage

_UNITS = ("B", "KB", "MB", "GB", "TB")
_KILO = 1024


class FileCoreBody(TypedDict):
    """What every shape of a file has."""

    id: UUID
    organization_id: UUID
    name: str
    path: str
    mime_type: str
    size: int
    storage_version: str | None
    checksum_etag: str | None
    checksum_sha256_base64: str | None
    checksum_sha256_hex: str | None
    last_modified_at: datetime | None
    version: str | None
    is_uploaded: bool
    service: str
    size_readable: str


class FileBody(FileCoreBody, total=False):
    """A file: `flagged_malicious_at` of a downloadable, `public_url` of the others."""

    created_at: datetime
    flagged_malicious_at: datetime | None
    public_url: str


class FileUploadBody(FileCoreBody):
    """A file that is about to come, and where to send its parts."""

    upload: dict[str, Any]


class FileDownloadBody(FileCoreBody):
    """A file, and where to fetch it."""

    download: dict[str, Any]


def present_file_core(file: File) -> FileCoreBody:
    """What every shape has."""
    return {
        "id": file.pk,
        "organization_id": file.organization_id,
        "name": file.name,
        "path": file.path,
        "mime_type": file.mime_type,
        "size": file.size,
        "storage_version": file.storage_version or None,
        "checksum_etag": file.etag or None,
        "checksum_sha256_base64": file.checksum or None,
        "checksum_sha256_hex": base64.b64decode(file.checksum).hex() if file.checksum else None,
        "last_modified_at": file.uploaded_at,
        "version": file.version,
        "is_uploaded": file.is_uploaded,
        "service": file.service,
        "size_readable": readable_size(file.size),
    }


def present_file(file: File) -> FileBody:
    """The file as its merchant sees it."""
    body = cast(FileBody, {**present_file_core(file), "created_at": file.created_at})
    if file.is_public:
        body["public_url"] = public_url(file)
    else:
        body["flagged_malicious_at"] = file.flagged_malicious_at
    return body


def present_upload(file: File) -> FileUploadBody:
    """The file with signed addresses for its parts."""
    now, disk = system_time(), storage()
    parts = []
    for part in file.parts.order_by("number"):
        address = disk.part_address(file, part, now)
        parts.append(
            {
                "number": part.number,
                "chunk_start": part.start,
                "chunk_end": part.end,
                "checksum_sha256_base64": part.checksum or None,
                **present_address(address),
            }
        )
    upload = {"id": file.upload_id, "path": file.path, "parts": parts}
    return {**present_file_core(file), "upload": upload}


def present_address(address: Address) -> dict[str, Any]:
    """A signed address."""
    return {
        "url": address.url,
        "headers": dict(address.headers),
        "expires_at": address.expires_at,
    }


def public_url(file: File) -> str:
    """Where anybody can see a public file."""
    return f"{settings.BASE_URL}{reverse('files:content', args=[file.pk])}"


def readable_size(size: int) -> str:
    """For people: one decimal, in steps of 1024."""
    amount, unit = float(size), 0
    while amount >= _KILO and unit < len(_UNITS) - 1:
        amount, unit = amount / _KILO, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit else f"{size} B"
