"""The writes on people. Every one is an event."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction

from apps.accounts.errors import LastAdmin
from apps.accounts.locks import lock_active_admins, lock_user
from apps.accounts.models import User
from apps.accounts.operations.sessions import end_sessions
from apps.accounts.selectors import find_user
from apps.core.errors import NotPermitted, ResourceAlreadyExists
from apps.core.origin import Origin
from apps.core.plans import Change, Plan, additions
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

    :raises NotPermitted: for one's own role.
    :raises LastAdmin: if no other admin could sign in afterwards.
    :raises ResourceNotFound: if there is no such user.
    """
    if str(user_id) == origin.actor_id:
        raise NotPermitted("Nobody changes their own role.")
    admins = lock_active_admins()
    user = lock_user(user_id)
    if staff_role != User.StaffRole.ADMIN:
        _require_another_admin(user, admins)
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
def set_password(*, user_id: UUID, password: str, but: Iterable[UUID] = (), origin: Origin) -> None:
    """Replace a person's password, which ends all their sessions `but` those."""
    user = User.objects.get(pk=user_id)
    user.set_password(password)
    user.save(update_fields=["password"])
    record("user.password_set", subject=user, organization_id=None, origin=origin)
    end_sessions(user_id=user.pk, but=but, origin=origin)


def plan_deactivate_user(*, user_id: UUID, origin: Origin) -> Plan:
    """
    What a person loses who can no longer sign in.

    :raises NotPermitted: for oneself.
    :raises ResourceNotFound: if there is no such user.
    """
    return _deactivation_plan(find_user(user_id), origin)


@transaction.atomic
def deactivate_user(*, user_id: UUID, agreed: str | None = None, origin: Origin) -> User:
    """
    The user, who cannot sign in and whose sessions are over; the second time changes nothing.

    `agreed` is the fingerprint of the plan that was shown, if one was.

    :raises NotPermitted: for oneself.
    :raises LastAdmin: if no other admin could sign in afterwards.
    :raises PlanChanged: if another plan was agreed to.
    :raises ResourceNotFound: if there is no such user.
    """
    admins = lock_active_admins()
    user = lock_user(user_id)
    _deactivation_plan(user, origin).require(agreed)
    _require_another_admin(user, admins)
    end_sessions(user_id=user.pk, origin=origin)
    return _set_active(user, False, "user.deactivated", origin)


@transaction.atomic
def reactivate_user(*, user_id: UUID, origin: Origin) -> User:
    """
    The user, who can sign in again with the same role; the second time changes nothing.

    :raises ResourceNotFound: if there is no such user.
    """
    return _set_active(lock_user(user_id), True, "user.reactivated", origin)


def _deactivation_plan(user: User, origin: Origin) -> Plan:
    if str(user.pk) == origin.actor_id:
        raise NotPermitted("Nobody deactivates themselves.")
    own = Plan(
        title=f"{user} is deactivated",
        changes=(Change("Sign-in", "allowed", "refused"),) if user.is_active else (),
        effects=(f"Their sessions end. The role of {user.staff_role} stays for a return.",)
        if user.is_active and user.staff_role
        else (),
    )
    return own.joined(additions("accounts.deactivate_user", user=user, origin=origin))


def _require_another_admin(user: User, admins: list[User]) -> None:
    if user in admins and len(admins) == 1:
        raise LastAdmin


def _set_active(user: User, is_active: bool, event_type: str, origin: Origin) -> User:
    if user.is_active == is_active:
        return user
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    record(
        event_type,
        subject=user,
        organization_id=None,
        origin=origin,
        changes={"is_active": (not is_active, is_active)},
    )
    return user
