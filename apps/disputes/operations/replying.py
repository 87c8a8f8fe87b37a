"""What the merchant says about a dispute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.disputes.dossier.fields import ALL_FILES_LIMIT
from apps.disputes.locks import lock_disputed, lock_held_dispute
from apps.disputes.models import Dispute, DisputeReply
from apps.disputes.operations.attaching import attach_file
from apps.disputes.operations.conceding import note_merchant_reply
from apps.disputes.operations.gathering import require_editable, require_keepable
from apps.events.operations import record
from apps.files.models import File
from apps.files.selectors import living_files
from apps.files.storage import storage

REPLY_LENGTH: Final = 5000
MOST_FILES: Final = 10


@dataclass(frozen=True, slots=True)
class _Came:
    """A file of the merchant, and what is in it."""

    file: File
    content: bytes


def reply_to_dispute(
    *, dispute_id: UUID, text: str, file_ids: Sequence[UUID], origin: Origin
) -> DisputeReply:
    """
    Keep what the merchant says; their files are attached and become part of the document.

    From the first reply on the dispute is not conceded by itself. Called outside a transaction:
    the files are read from the storage. Records `dispute.replied`.

    :raises ValidationFailed: for no words or too many, or a file that is not the merchant's, has
        not come, or cannot be attached.
    :raises DisputeClosed, SubmissionInProgress: if nothing may be said any more.
    """
    words = text.strip()
    require_keepable(words)
    if not 0 < len(words) <= REPLY_LENGTH:
        raise ValidationFailed.at(
            "body", "text", msg=f"A reply has 1 to {REPLY_LENGTH} characters.", value=len(words)
        )
    came = _read(Dispute.objects.select_related("organization").get(pk=dispute_id), file_ids)
    return _keep(dispute_id, words, came, origin)


@transaction.atomic
def _keep(dispute_id: UUID, text: str, came: Sequence[_Came], origin: Origin) -> DisputeReply:
    lock_held_dispute(dispute_id)
    dispute, dossier = lock_disputed(dispute_id)
    require_editable(dispute, dossier)
    for one in came:
        attach_file(
            dispute_id=dispute_id,
            name=one.file.name,
            content=one.content,
            slot="",
            origin=origin,
        )
    reply = DisputeReply.objects.create(
        dispute=dispute,
        text=text,
        files=[
            {"id": str(one.file.pk), "name": one.file.name, "size": one.file.size} for one in came
        ],
        said_by=origin.actor_label,
        created_at=origin.at,
    )
    record(
        "dispute.replied",
        subject=dispute,
        organization_id=dispute.organization_id,
        origin=origin,
        payload={"reply_id": str(reply.pk), "files": len(came)},
    )
    note_merchant_reply(dispute_id=dispute_id, origin=origin)
    return reply


def _read(dispute: Dispute, ids: Sequence[UUID]) -> list[_Came]:
    """The content of the organization's own files, as small as attachments have to be."""
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > MOST_FILES:
        raise _refusal(f"A reply has at most {MOST_FILES} files.", len(wanted))
    rows = living_files(dispute.organization).filter(pk__in=wanted, uploaded_at__isnull=False)
    found = {row.pk: row for row in rows}
    for one in wanted:
        if one not in found:
            raise _refusal("There is no such file, or it has not come yet.", str(one))
    if sum(row.size for row in found.values()) > ALL_FILES_LIMIT:
        raise _refusal("All files of a dispute together may have 4.5 MB.", None)
    return [_Came(found[one], storage().read(found[one])) for one in wanted]


def _refusal(message: str, value: object) -> ValidationFailed:
    return ValidationFailed.at("body", "file_ids", msg=message, value=value)
