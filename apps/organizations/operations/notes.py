"""What staff write down about a merchant."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import DomainError, ValidationFailed
from apps.core.origin import Actor, Origin
from apps.events.operations import record
from apps.organizations.models import Organization, OrganizationNote
from apps.organizations.selectors import any_organization

NOTE_LENGTH = 5000


class OnlyStaffWrite(DomainError):
    """Notes are between colleagues."""

    status = 403
    message = "Notes are written by staff."


@transaction.atomic
def add_organization_note(*, organization_id: UUID, text: str, origin: Origin) -> OrganizationNote:
    """
    Write something down about an organization, deleted or not, for good.

    Each call is a note of its own; the event of it holds none of its words.

    :raises ValidationFailed: for a note without words, or with too many.
    :raises OnlyStaffWrite: if nobody of the staff writes it.
    :raises ResourceNotFound: if there is no such organization.
    """
    words = text.strip()
    if not 0 < len(words) <= NOTE_LENGTH:
        raise ValidationFailed.at(
            "body", "text", msg=f"A note has 1 to {NOTE_LENGTH} characters.", value=len(words)
        )
    if origin.actor is not Actor.STAFF or not origin.actor_id:
        raise OnlyStaffWrite
    organization: Organization = any_organization(organization_id)
    note = OrganizationNote.objects.create(
        organization=organization,
        author_id=UUID(origin.actor_id),
        text=words,
        created_at=origin.at,
    )
    record(
        "organization.note_added",
        subject=organization,
        organization_id=organization_id,
        origin=origin,
        payload={"note_id": str(note.pk)},
    )
    return note
