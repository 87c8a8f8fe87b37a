"""Who looks after a dispute, and what they write down about it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.origin import Origin
from apps.disputes.locks import lock_dispute
from apps.disputes.models import Dispute, DisputeNote
from apps.disputes.operations.gathering import require_keepable, staff_id
from apps.events.operations import record

NOTE_LENGTH = 5000


@transaction.atomic
def assign_dispute(*, dispute_id: UUID, user_id: UUID | None, origin: Origin) -> Dispute:
    """
    Let somebody look after a dispute, or nobody; the same again changes nothing.

    :raises ResourceNotFound: if there is no such dispute or member of staff.
    """
    dispute = lock_dispute(dispute_id)
    user = User.objects.filter(pk=user_id, is_active=True).first() if user_id else None
    if user_id and (user is None or not user.staff_role):
        raise ResourceNotFound("There is no such member of staff.")
    if dispute.assignee_id == (user.pk if user else None):
        return dispute
    before = str(dispute.assignee) if dispute.assignee else None
    dispute.assignee = user
    dispute.modified_at = origin.at
    dispute.save(update_fields=["assignee", "modified_at"])
    record(
        "dispute.assigned" if user else "dispute.released",
        subject=dispute,
        organization_id=dispute.organization_id,
        origin=origin,
        changes={"assignee": (before, str(user) if user else None)},
    )
    return dispute


@transaction.atomic
def add_note(*, dispute_id: UUID, text: str, origin: Origin) -> DisputeNote:
    """
    Write something down about a dispute, open or closed, for good.

    :raises ValidationFailed: for a note without words, with too many, or with a NUL.
    :raises ResourceNotFound: if there is no such dispute.
    """
    words = text.strip()
    require_keepable(words)
    if not 0 < len(words) <= NOTE_LENGTH:
        raise ValidationFailed.at(
            "body", "text", msg=f"A note has 1 to {NOTE_LENGTH} characters.", value=len(words)
        )
    dispute = lock_dispute(dispute_id)
    note = DisputeNote.objects.create(
        dispute=dispute, author_id=staff_id(origin), text=words, created_at=origin.at
    )
    record(
        "dispute.noted",
        subject=dispute,
        organization_id=dispute.organization_id,
        origin=origin,
        payload={"note_id": str(note.pk)},
    )
    return note
