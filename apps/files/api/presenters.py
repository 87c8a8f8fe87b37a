"""Files as the API shows them."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated, Any, NotRequired, TypedDict, cast
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from apps.api.shapes import OneOf, Shown, Variants
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
    service: Annotated[str, OneOf(File.Service.values)]
    size_readable: str


class FileBody(FileCoreBody):
    """A file: `flagged_malicious_at` of a downloadable, `public_url` of the others."""

    created_at: datetime
    flagged_malicious_at: NotRequired[datetime | None]
    public_url: NotRequired[str]


class StoredFileBody(FileCoreBody):
    """What a merchant sees of any file."""

    created_at: datetime


# What files of each service have besides.
OF_SERVICE: dict[str, dict[str, Any]] = {
    service.value: {"flagged_malicious_at": datetime | None}
    if service == File.Service.DOWNLOADABLE
    else {"public_url": str}
    for service in File.Service
}
AnyFile = Annotated[FileBody, Shown(Variants(StoredFileBody, "service", OF_SERVICE))]


class SignedAddressBody(TypedDict):
    """Where to send or fetch something, until `expires_at`."""

    url: str
    headers: dict[str, str]
    expires_at: datetime


class UploadPartBody(SignedAddressBody):
    """A part of a file, and where to send it."""

    number: int
    chunk_start: int
    chunk_end: int
    checksum_sha256_base64: str | None


class UploadBody(TypedDict):
    """Where to send the parts of a file."""

    id: str
    path: str
    parts: list[UploadPartBody]


class FileUploadBody(FileCoreBody):
    """A file that is about to come, and where to send its parts."""

    upload: Annotated[dict[str, Any], Shown(UploadBody)]


class FileDownloadBody(FileCoreBody):
    """A file, and where to fetch it."""

    download: Annotated[dict[str, Any], Shown(SignedAddressBody)]


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
