"""Reads of users."""

from uuid import UUID

from apps.accounts.models import User
from apps.core.errors import ResourceNotFound


def find_user(user_id: UUID) -> User:
    """
    The user, not locked.

    :raises ResourceNotFound: if there is none.
    """
    found = User.objects.filter(pk=user_id).first()
    if found is None:
        raise ResourceNotFound
    return found
