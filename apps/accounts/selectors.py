"""Reads of users, their factors and their sessions."""

from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet

from apps.accounts.models import SignIn, StaffSession, User
from apps.core.errors import ResourceNotFound

RECENT = 10


def find_user(user_id: UUID) -> User:
    """
    The user, not locked.

    :raises ResourceNotFound: if there is none.
    """
    found = User.objects.filter(pk=user_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def second_factors(user_id: UUID) -> list[Authenticator]:
    """Authenticator app and passkeys, not recovery codes, in the order they were added."""
    proper = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return list(proper.filter(user_id=user_id).order_by("pk"))


def has_second_factor(user_id: UUID) -> bool:
    """Whether a password is only half of this person's proof."""
    return bool(second_factors(user_id))


def recovery_code_count(user_id: UUID) -> int:
    """How many recovery codes are left."""
    codes = Authenticator.objects.filter(
        user_id=user_id, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    return len(codes.wrap().get_unused_codes()) if codes else 0


def is_factor_required(user: User) -> bool:
    """Whether the person's role must not be used with a password alone."""
    return user.staff_role in settings.SECOND_FACTOR_ROLES


def lacks_second_factor(user: User) -> bool:
    """Whether they must have one and have none."""
    return is_factor_required(user) and not has_second_factor(user.pk)


def live_sessions(user_id: UUID, at: datetime) -> QuerySet[StaffSession]:
    """Sessions that still open something, the last used first."""
    oldest = at - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return StaffSession.objects.filter(user_id=user_id, ended_at=None, seen_at__gt=oldest).order_by(
        "-seen_at"
    )


def recent_sign_ins(user_id: UUID) -> QuerySet[SignIn]:
    """The last tries that were about this person."""
    return SignIn.objects.filter(user_id=user_id).order_by("-created_at")[:RECENT]
