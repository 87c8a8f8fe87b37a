"""Row locks on users."""

from uuid import UUID

from apps.accounts.models import User


def lock_user(user_id: UUID) -> User:
    """The user, locked until the end of the transaction."""
    return User.objects.select_for_update(no_key=True).get(pk=user_id)
