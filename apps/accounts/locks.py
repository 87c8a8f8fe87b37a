"""Row locks on users."""

from uuid import UUID

from apps.accounts.models import User
from apps.core.errors import ResourceNotFound


def lock_user(user_id: UUID) -> User:
    """
    The user, locked until the end of the transaction.

    :raises ResourceNotFound: if there is none.
    """
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise ResourceNotFound
    return user


def lock_active_admins() -> list[User]:
    """
    Every admin who can sign in, locked in one order: two that end each other take turns.

    Locked before any single user.
    """
    admins = User.objects.filter(staff_role=User.StaffRole.ADMIN, is_active=True)
    return list(admins.select_for_update(no_key=True).order_by("pk"))
