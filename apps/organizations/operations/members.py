"""The people of an organization and their roles. Exactly one owner; always one who can manage."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.operations import create_user
from apps.core.errors import NotPermitted, ResourceAlreadyExists, ResourceNotFound
from apps.core.origin import Origin
from apps.core.plans import Change, Mail, Plan
from apps.events.operations import record
from apps.organizations.errors import LastManager, OwnerRoleFixed
from apps.organizations.locks import lock_organization
from apps.organizations.models import Membership, Organization

MANAGERS = (Membership.Role.OWNER, Membership.Role.ADMIN)


@transaction.atomic
def add_member(*, organization_id: UUID, user: User, role: str, origin: Origin) -> Membership:
    """
    The user's new membership.

    :raises ResourceAlreadyExists: if they are a member already.
    :raises OwnerRoleFixed: for the role of owner, which is transferred instead.
    :raises NotPermitted: if the user is deactivated.
    """
    organization = lock_organization(organization_id)
    if role == Membership.Role.OWNER:
        raise OwnerRoleFixed
    if not user.is_active:
        raise NotPermitted("This person is deactivated.")
    if organization.memberships.filter(user=user).exists():
        raise ResourceAlreadyExists("This person is a member already.")
    membership = Membership.objects.create(
        organization=organization,
        user=user,
        role=Membership.Role(role),
        created_at=origin.at,
    )
    _record("member_added", membership, origin, role=(None, role))
    return membership


@transaction.atomic
def invite_member(
    *, organization_id: UUID, email: str, name: str, role: str, origin: Origin
) -> Membership:
    """
    The membership of whoever has this e-mail; a new person is made without a password.

    `name` is for a new person alone.

    :raises ResourceAlreadyExists: if they are a member already.
    :raises OwnerRoleFixed: for the role of owner, which is transferred instead.
    :raises NotPermitted: if they are deactivated.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = create_user(email=email, name=name, password=None, origin=origin)
    return add_member(organization_id=organization_id, user=user, role=role, origin=origin)


@transaction.atomic
def change_member_role(*, membership_id: UUID, role: str, origin: Origin) -> Membership:
    """
    The membership in its new role; the same role again changes nothing.

    :raises OwnerRoleFixed: to or from owner.
    :raises LastManager: if nobody would be left who can manage the organization.
    """
    membership = _locked_member(membership_id)
    before = membership.role
    if Membership.Role.OWNER in (before, role):
        raise OwnerRoleFixed
    if before == role:
        return membership
    if role not in MANAGERS:
        _require_another_manager(membership)
    membership.role = Membership.Role(role)
    membership.modified_at = origin.at
    membership.save(update_fields=["role", "modified_at"])
    _record("member_role_changed", membership, origin, role=(before, role))
    return membership


def plan_remove_member(*, membership_id: UUID, origin: Origin) -> Plan:
    """
    Who leaves, and from which role.

    :raises ResourceNotFound: if there is no such membership.
    :raises OwnerRoleFixed: for the owner.
    :raises LastManager: for the last who can manage the organization.
    """
    return _removal_plan(_read_member(membership_id))


def plan_transfer_ownership(*, membership_id: UUID, origin: Origin) -> Plan:
    """
    Who becomes the owner, and what becomes of the one before.

    :raises ResourceNotFound: if there is no such membership.
    """
    return _transfer_plan(_read_member(membership_id))


@transaction.atomic
def remove_member(*, membership_id: UUID, agreed: str | None = None, origin: Origin) -> None:
    """
    End a membership. `agreed` is the fingerprint of the plan that was shown, if one was.

    :raises OwnerRoleFixed: for the owner: ownership is transferred first.
    :raises LastManager: for the last who can manage the organization.
    :raises PlanChanged: if another plan was agreed to.
    """
    membership = _locked_member(membership_id)
    _removal_plan(membership).require(agreed)
    _record("member_removed", membership, origin, role=(membership.role, None))
    membership.delete()


@transaction.atomic
def transfer_ownership(
    *, membership_id: UUID, agreed: str | None = None, origin: Origin
) -> Membership:
    """
    The member as owner; the former owner becomes an admin. The owner again: no change.

    `agreed` is the fingerprint of the plan that was shown, if one was.

    :raises PlanChanged: if another plan was agreed to.
    :raises NotPermitted: if the member is deactivated.
    """
    membership = _locked_member(membership_id)
    _transfer_plan(membership).require(agreed)
    before = membership.role
    if before == Membership.Role.OWNER:
        return membership
    if not membership.user.is_active:
        raise NotPermitted("This person is deactivated.")
    former = _owner_of(membership.organization)
    if former is not None:
        former.role = Membership.Role.ADMIN
        former.modified_at = origin.at
        former.save(update_fields=["role", "modified_at"])
        _record("member_role_changed", former, origin, role=("owner", "admin"))
    membership.role = Membership.Role.OWNER
    membership.modified_at = origin.at
    membership.save(update_fields=["role", "modified_at"])
    _record("member_role_changed", membership, origin, role=(before, "owner"))
    record(
        "organization.ownership_transferred",
        subject=membership.organization,
        organization_id=membership.organization_id,
        origin=origin,
        payload={
            "user_id": str(membership.user_id),
            "former_user_id": str(former.user_id) if former is not None else None,
        },
    )
    return membership


def _removal_plan(membership: Membership) -> Plan:
    if membership.role == Membership.Role.OWNER:
        raise OwnerRoleFixed
    _require_another_manager(membership)
    return Plan(
        title=f"{membership.user} leaves {membership.organization}",
        changes=(Change(str(membership.user), membership.role, "no member"),),
    )


def _transfer_plan(membership: Membership) -> Plan:
    former = _owner_of(membership.organization)
    changes = []
    if membership.role != Membership.Role.OWNER:
        changes.append(Change(str(membership.user), membership.role, "owner"))
        if former is not None:
            changes.append(Change(str(former.user), "owner", "admin"))
    if not changes:
        return Plan(title=f"{membership.user} owns {membership.organization}")
    people = [membership.user, *([former.user] if former is not None else [])]
    return Plan(
        title=f"{membership.user} owns {membership.organization}",
        changes=tuple(changes),
        mails=tuple(
            Mail(str(one), f"{membership.organization} has a new owner")
            for one in people
            if one.is_active
        ),
    )


def _owner_of(organization: Organization) -> Membership | None:
    owners = organization.memberships.select_related("user").filter(role=Membership.Role.OWNER)
    return owners.first()


def _read_member(membership_id: UUID) -> Membership:
    found = (
        Membership.objects.select_related("user", "organization").filter(pk=membership_id).first()
    )
    if found is None:
        raise ResourceNotFound
    return found


def _locked_member(membership_id: UUID) -> Membership:
    """The membership as it is under the lock of its organization."""
    found = Membership.objects.filter(pk=membership_id).first()
    if found is None:
        raise ResourceNotFound
    organization = lock_organization(found.organization_id)
    membership = organization.memberships.select_related("user").filter(pk=membership_id).first()
    if membership is None:
        raise ResourceNotFound
    membership.organization = organization
    return membership


def _require_another_manager(membership: Membership) -> None:
    organization: Organization = membership.organization
    others = organization.memberships.filter(role__in=MANAGERS).exclude(pk=membership.pk)
    if membership.role in MANAGERS and not others.exists():
        raise LastManager


def _record(
    what: str, membership: Membership, origin: Origin, *, role: tuple[str | None, str | None]
) -> None:
    record(
        f"organization.{what}",
        subject=membership.organization,
        organization_id=membership.organization_id,
        origin=origin,
        changes={"role": role},
        payload={"user_id": str(membership.user_id)},
    )
