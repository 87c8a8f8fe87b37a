"""What staff decides about a whole organization: single capabilities, and its end."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.events.operations import record
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization
from apps.organizations.states import CAPABILITIES

MIN_REASON_LENGTH = 10


@transaction.atomic
def override_capability(
    *, organization_id: UUID, capability: str, is_allowed: bool, origin: Origin
) -> Organization:
    """
    The organization with one capability set by hand, until its status changes.

    :raises ValidationFailed: for an unknown capability, or a reason of under ten characters.
    """
    if capability not in CAPABILITIES:
        raise ValidationFailed.at("capability", msg="There is no such capability.")
    if len(origin.reason.strip()) < MIN_REASON_LENGTH:
        raise ValidationFailed.at("reason", msg="Give a reason of at least ten characters.")
    organization = lock_organization(organization_id)
    before = bool(organization.capabilities.get(capability))
    if before == is_allowed:
        return organization
    organization.capabilities = {**organization.capabilities, capability: is_allowed}
    organization.modified_at = origin.at
    organization.save(update_fields=["capabilities", "modified_at"])
    record(
        "organization.capability_overridden",
        subject=organization,
        organization_id=organization.pk,
        origin=origin,
        changes={capability: (before, is_allowed)},
    )
    return organization


@transaction.atomic
def delete_organization(*, organization_id: UUID, origin: Origin) -> None:
    """
    Close an organization: its tokens end, what it told about people is erased.

    Its customers, orders and books stay: they are records of money. Its slug stays taken, since
    invoice numbers carry it. There is no second time: it is then not found.
    """
    organization = lock_organization(organization_id)
    organization.deleted_at = organization.modified_at = origin.at
    organization.email = organization.website = organization.avatar_url = None
    organization.socials = []
    organization.save(
        update_fields=["deleted_at", "modified_at", "email", "website", "avatar_url", "socials"]
    )
    ended = organization.access_tokens.filter(revoked_at=None).update(revoked_at=origin.at)
    record(
        "organization.deleted",
        subject=organization,
        organization_id=organization.pk,
        origin=origin,
        payload={"revoked_token_count": ended},
    )
