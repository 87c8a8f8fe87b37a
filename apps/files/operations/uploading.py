"""Files that come in parts: announced, sent, put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceNotFound
from apps.core.ids import new_id
from apps.core.origin import Origin
from apps.events.operations import record
from apps.files.errors import UploadIncomplete
from apps.files.inputs import FileInput, PartDone
from apps.files.limits import clean_name, require_possible
from apps.files.locks import lock_file
from apps.files.models import File, FilePart
from apps.files.selectors import open_part
from apps.files.storage import storage
from apps.files.storage.local import LocalStorage, part_of_token
from apps.organizations.models import Organization


def begin_upload(*, organization: Organization, data: FileInput, origin: Origin) -> File:
    """
    A file that is announced, and may be sent. Called outside a transaction.

    :raises ValidationFailed: if it may not be, or its parts do not make a whole.
    """
    require_possible(data)
    file_id, name = new_id(), clean_name(data.name)
    file = File(
        id=file_id,
        created_at=origin.at,
        organization=organization,
        service=data.service,
        name=name,
        path=f"{data.service}/{organization.pk}/{file_id}/{_in_path(name)}",
        mime_type=data.mime_type,
        size=data.size,
        version=data.version,
        checksum=data.checksum or "",
    )
    file.upload_id = storage().begin(file)
    with transaction.atomic():
        file.save(force_insert=True)
        FilePart.objects.bulk_create(
            FilePart(
                file=file,
                number=part.number,
                start=part.start,
                end=part.end,
                checksum=part.checksum or "",
            )
            for part in data.parts
        )
        record("file.created", subject=file, organization_id=organization.pk, origin=origin)
    return file


def receive_part(*, token: str, chunks: Iterator[bytes]) -> str:
    """
    Keep a part that was sent to a signed address of ours; its tag.

    :raises ResourceNotFound: if the address does not hold, or the file is complete or gone.
    :raises UploadIncomplete: if the part is not what was announced.
    """
    named = part_of_token(token)
    part = open_part(*named) if named else None
    disk = storage()
    if part is None or not isinstance(disk, LocalStorage):
        raise ResourceNotFound
    return disk.receive(part, chunks)


def complete_upload(*, file_id: UUID, parts: Sequence[PartDone], origin: Origin) -> File:
    """
    The file with its content, from now on unchangeable. Called outside a transaction.

    The second time nothing happens.

    :raises UploadIncomplete: if a part is missing, or something is not what was announced.
    """
    file = File.objects.filter(pk=file_id, deleted_at=None).first()
    if file is None:
        raise ResourceNotFound
    if file.is_uploaded:
        return file
    if {part.number for part in parts} != set(file.parts.values_list("number", flat=True)):
        raise UploadIncomplete("These are not the parts that were announced.")
    completed = storage().complete(file, parts)
    with transaction.atomic():
        file = lock_file(file_id)
        if file.is_uploaded:
            return file
        file.etag, file.storage_version = completed.etag, completed.version
        file.uploaded_at = file.modified_at = origin.at
        file.save(update_fields=["etag", "storage_version", "uploaded_at", "modified_at"])
        record("file.uploaded", subject=file, organization_id=file.organization_id, origin=origin)
    return file


def _in_path(name: str) -> str:
    """The name with what is fine in any storage, 100 characters of it."""
    kept = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_"
        for letter in name
    )
    return kept.lstrip(".")[-100:] or "file"
