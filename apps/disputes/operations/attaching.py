"""Files that speak against a dispute."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from typing import Final
from uuid import UUID

from django.db import transaction
from PIL import Image, UnidentifiedImageError

from apps.core import pdf
from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.file_names import safe_name
from apps.core.origin import Origin
from apps.disputes.dossier.fields import ALL_FILES_LIMIT, FILE_SLOTS
from apps.disputes.errors import AlreadySubmitted
from apps.disputes.locks import lock_disputed
from apps.disputes.models import DisputeAttachment
from apps.disputes.operations.gathering import require_editable, staff_id
from apps.events.operations import record

MAX_PIXELS: Final = 50_000_000
_KINDS: Final = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)


@transaction.atomic
def attach_file(
    *, dispute_id: UUID, name: str, content: bytes, slot: str, origin: Origin
) -> DisputeAttachment:
    """
    Attach a PDF, PNG or JPEG; for no `slot` it becomes part of the document.

    The kind is told by the content, whatever the name says. The same content for the same slot
    is attached once.

    :raises ValidationFailed: for another kind, an unreadable or too large file, or no such slot.
    :raises DisputeClosed, SubmissionInProgress: if nothing may be changed.
    """
    kind, ending = _checked(content)
    if slot and slot not in FILE_SLOTS:
        raise ValidationFailed.at("body", "slot", msg="There is no such slot.", value=slot)
    dispute, dossier = lock_disputed(dispute_id)
    require_editable(dispute, dossier)
    checksum = sha256(content).hexdigest()
    found = DisputeAttachment.objects.filter(dispute=dispute, checksum=checksum, slot=slot).first()
    if found is not None:
        return found
    attachment = DisputeAttachment.objects.create(
        created_at=origin.at,
        dispute=dispute,
        name=safe_name(name, ending),
        content_type=kind,
        content=content,
        size=len(content),
        checksum=checksum,
        slot=slot,
        added_by_id=staff_id(origin),
    )
    record(
        "dispute.file_attached",
        subject=dispute,
        organization_id=dispute.organization_id,
        origin=origin,
        payload={"name": attachment.name, "size": attachment.size, "slot": slot},
    )
    return attachment


@transaction.atomic
def detach_file(*, attachment_id: UUID, origin: Origin) -> None:
    """
    Take an attached file away for good.

    :raises ResourceNotFound: if there is none.
    :raises AlreadySubmitted: if the bank has it.
    :raises DisputeClosed, SubmissionInProgress: if nothing may be changed.
    """
    attachment = DisputeAttachment.objects.defer("content").filter(pk=attachment_id).first()
    if attachment is None:
        raise ResourceNotFound
    dispute, dossier = lock_disputed(attachment.dispute_id)
    require_editable(dispute, dossier)
    sent_at = dossier.submitted_at if dossier else None
    if sent_at is not None and attachment.created_at <= sent_at:
        raise AlreadySubmitted
    record(
        "dispute.file_detached",
        subject=dispute,
        organization_id=dispute.organization_id,
        origin=origin,
        payload={"name": attachment.name, "checksum": attachment.checksum},
    )
    attachment.delete()


def _checked(content: bytes) -> tuple[str, str]:
    """The type of the content, and the ending of a name for it."""
    if len(content) > ALL_FILES_LIMIT:
        raise _refusal("All files of a dispute together may have 4.5 MB.")
    kind = next(((type_, end) for sign, type_, end in _KINDS if content.startswith(sign)), None)
    if kind is None:
        raise _refusal("Only PDF, PNG and JPEG can be attached.")
    try:
        if kind[1] == "pdf":
            pdf.page_count(content)
        else:
            with Image.open(BytesIO(content)) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise _refusal("The picture has too many pixels.")
                picture.load()
    except pdf.UnreadablePdf as error:
        raise _refusal(f"The file cannot be read: {error}") from error
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise _refusal("The picture cannot be read.") from error
    return kind


def _refusal(message: str) -> ValidationFailed:
    return ValidationFailed.at("body", "file", msg=message, value=None)
