"""The writes on users. Every one is an event."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from apps.accounts.locks import lock_user
from apps.accounts.models import User
from apps.core.errors import NotPermitted, ResourceAlreadyExists
from apps.core.origin import Origin
from apps.events.operations import record


@transaction.atomic
def create_user(
    *, email: str, name: str, password: str | None, staff_role: str = "", origin: Origin
) -> User:
    """
    A person who can sign in; with a `staff_role` also to the backoffice.

    Without a password nobody can sign in until one is set.

    :raises ResourceAlreadyExists: if somebody has this e-mail.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email, password, name=name, staff_role=User.StaffRole(staff_role)
            )
    except IntegrityError as error:
        raise ResourceAlreadyExists("A user with this e-mail address exists.") from error
    record(
        "user.created",
        subject=user,
        organization_id=None,
        origin=origin,
        payload={"email": user.email, "staff_role": user.staff_role},
    )
    return user


@transaction.atomic
def change_staff_role(*, user_id: UUID, staff_role: str, origin: Origin) -> User:
    """
    Give a person another role in the backoffice; the same role again changes nothing.

    :raises NotPermitted: for one's own role, so that the last admin cannot lock everybody out.
    """
    if str(user_id) == origin.actor_id:
        raise NotPermitted("Nobody changes their own role.")
    user = lock_user(user_id)
    before, user.staff_role = user.staff_role, User.StaffRole(staff_role)
    if before != user.staff_role:
        user.save(update_fields=["staff_role"])
        record(
            "user.staff_role_changed",
            subject=user,
            organization_id=None,
            origin=origin,
            changes={"staff_role": (before, user.staff_role)},
        )
    return user


@transaction.atomic
def set_password(*, user_id: UUID, password: str, origin: Origin) -> None:
    """Replace a person's password, which ends their other sessions."""
    user = User.objects.get(pk=user_id)
    user.set_password(password)
    user.save(update_fields=["password"])
    record("user.password_set", subject=user, organization_id=None, origin=origin)
