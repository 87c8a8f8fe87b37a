"""The row locks of organizations."""

from __future__ import annotations

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.organizations.models import AccessToken, Impersonation, Invitation, Organization


def lock_organization(organization_id: UUID) -> Organization:
    """
    The living organization, locked until the transaction ends; rows may still refer to it.

    :raises ResourceNotFound: if there is none.
    """
    row = (
        Organization.objects.select_for_update(no_key=True)
        .filter(pk=organization_id, deleted_at=None)
        .first()
    )
    if row is None:
        raise ResourceNotFound()
    return row


def lock_deleted_organization(organization_id: UUID) -> Organization:
    """
    The deleted organization, locked until the transaction ends.

    :raises ResourceNotFound: if there is none, or it lives.
    """
    row = (
        Organization.objects.select_for_update(no_key=True)
        .filter(pk=organization_id, deleted_at__isnull=False)
        .first()
    )
    if row is None:
        raise ResourceNotFound()
    return row


def lock_access_token(token_id: UUID) -> AccessToken:
    """
    The token, locked.

    :raises ResourceNotFound: if there is none.
    """
    row = AccessToken.objects.select_for_update(of=("self",)).filter(pk=token_id).first()
    if row is None:
        raise ResourceNotFound()
    return row


def lock_impersonation(impersonation_id: UUID) -> Impersonation:
    """
    The impersonation with its organization and people, locked.

    :raises ResourceNotFound: if there is none.
    """
    row = (
        Impersonation.objects.select_for_update(of=("self",))
        .select_related("organization", "staff", "member")
        .filter(pk=impersonation_id)
        .first()
    )
    if row is None:
        raise ResourceNotFound()
    return row


def lock_invitation(invitation_id: UUID) -> Invitation:
    """
    The invitation with its organization, locked; whoever needs both locks the organization first.

    :raises ResourceNotFound: if there is none.
    """
    row = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(pk=invitation_id)
        .first()
    )
    if row is None:
        raise ResourceNotFound()
    return row
