"""The link in an invitation: signed, so that nothing about it has to be kept."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

_SALT: Final = "organizations.invitation"


def invitation_token(invitation_id: UUID, number: int) -> str:
    """What the link of the mail `number` of an invitation ends in."""
    return Signer(salt=_SALT).sign(f"{invitation_id.hex}.{number}")


def read_invitation_token(token: str) -> tuple[UUID, int] | None:
    """Which invitation and mail it is of; None if it was not made here."""
    try:
        key, _, number = Signer(salt=_SALT).unsign(token).partition(".")
        return UUID(key), int(number)
    except (BadSignature, ValueError):
        return None


def invitation_url(invitation_id: UUID, number: int) -> str:
    """The address of the page on which an invitation is accepted."""
    return f"{settings.BASE_URL}/invitations/{invitation_token(invitation_id, number)}"
