"""Row locks on users."""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Q

from apps.accounts.models import Lockout, User
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


def lock_lockouts(*, email: str, address: str, at: datetime) -> list[Lockout]:
    """What is counted of an account and of an address, made where it is not; in one order."""
    wanted = [(Lockout.Kind.ACCOUNT, email), (Lockout.Kind.ADDRESS, address)]
    Lockout.objects.bulk_create(
        [Lockout(kind=kind, key=key, last_at=at) for kind, key in wanted], ignore_conflicts=True
    )
    rows = Lockout.objects.filter(
        Q(kind=Lockout.Kind.ACCOUNT, key=email) | Q(kind=Lockout.Kind.ADDRESS, key=address)
    )
    return list(rows.select_for_update().order_by("kind", "key"))


def lock_lockout(lockout_id: UUID) -> Lockout:
    """
    One of them.

    :raises ResourceNotFound: if it was cleared.
    """
    row = Lockout.objects.select_for_update().filter(pk=lockout_id).first()
    if row is None:
        raise ResourceNotFound
    return row


def lock_factor(user_id: UUID, kind: str) -> Authenticator | None:
    """The person's one factor of a kind, if they have it; uses of it take turns."""
    rows = Authenticator.objects.filter(user_id=user_id, type=kind)
    return rows.select_for_update().first()
