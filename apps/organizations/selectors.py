"""Reads across the tables of organizations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from apps.core.credentials import is_well_formed
from apps.core.errors import ResourceNotFound
from apps.core.prepared import Prepared
from apps.organizations.models import AccessToken, Membership, Organization
from apps.organizations.tokens import ORGANIZATION_PREFIX, hash_token

_token_by_hash = Prepared(
    lambda value: AccessToken.objects.select_related("organization").filter(
        token_hash=value, revoked_at=None
    )
)


def valid_access_token(text: str, *, at: datetime) -> AccessToken | None:
    """
    The token with its organization, if it holds at the machine's time `at`.

    It does not when revoked or expired, nor while the organization is deleted or may not use
    the API. One query.
    """
    if not is_well_formed(text, ORGANIZATION_PREFIX):
        return None
    token = _token_by_hash.first(hash_token(text))
    if token is None or (token.expires_at is not None and token.expires_at <= at):
        return None
    return token if token.organization.can("api_access") else None


def living_organization(organization_id: UUID) -> Organization:
    """
    The organization, not locked.

    :raises ResourceNotFound: if there is none, or it was deleted.
    """
    found = Organization.objects.filter(pk=organization_id, deleted_at=None).first()
    if found is None:
        raise ResourceNotFound
    return found


def find_access_token(token_id: UUID) -> AccessToken:
    """
    The token, not locked.

    :raises ResourceNotFound: if there is none.
    """
    found = AccessToken.objects.filter(pk=token_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def member_addresses(organization: Organization) -> list[str]:
    """The e-mail addresses of its active members, else its own."""
    rows = Membership.objects.filter(organization=organization, user__is_active=True)
    found = list(rows.order_by("created_at", "pk").values_list("user__email", flat=True))
    return found or ([organization.email] if organization.email else [])
