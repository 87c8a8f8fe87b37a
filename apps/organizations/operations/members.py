"""The people of an organization and their roles. Exactly one owner; always one who can manage."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.core.errors import ResourceAlreadyExists, ResourceNotFound
from apps.core.origin import Origin
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
    """
    organization = lock_organization(organization_id)
    if role == Membership.Role.OWNER:
        raise OwnerRoleFixed
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


@transaction.atomic
def remove_member(*, membership_id: UUID, origin: Origin) -> None:
    """
    End a membership.

    :raises OwnerRoleFixed: for the owner: ownership is transferred first.
    :raises LastManager: for the last who can manage the organization.
    """
    membership = _locked_member(membership_id)
    if membership.role == Membership.Role.OWNER:
        raise OwnerRoleFixed
    _require_another_manager(membership)
    _record("member_removed", membership, origin, role=(membership.role, None))
    membership.delete()


@transaction.atomic
def transfer_ownership(*, membership_id: UUID, origin: Origin) -> Membership:
    """The member as owner; the former owner becomes an admin. The owner again: no change."""
    membership = _locked_member(membership_id)
    before = membership.role
    if before == Membership.Role.OWNER:
        return membership
    former = membership.organization.memberships.filter(role=Membership.Role.OWNER).first()
    if former is not None:
        former.role = Membership.Role.ADMIN
        former.modified_at = origin.at
        former.save(update_fields=["role", "modified_at"])
        _record("member_role_changed", former, origin, role=("owner", "admin"))
    membership.role = Membership.Role.OWNER
    membership.modified_at = origin.at
    membership.save(update_fields=["role", "modified_at"])
    _record("member_role_changed", membership, origin, role=(before, "owner"))
    return membership


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
