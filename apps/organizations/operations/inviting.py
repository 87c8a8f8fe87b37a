"""Asking people to join, and what becomes of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.operations import create_user
from apps.core.errors import NotPermitted, ResourceAlreadyExists, ResourceNotFound
from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.events.operations import record
from apps.organizations.errors import InvitationOver, OwnerRoleFixed
from apps.organizations.invitations import read_invitation_token
from apps.organizations.locks import lock_invitation, lock_organization
from apps.organizations.models import Invitation, Membership, Organization
from apps.organizations.operations.members import add_member
from apps.organizations.selectors import find_invitation

LASTS: Final = timedelta(days=7)


@transaction.atomic
def send_invitation(*, organization_id: UUID, email: str, role: str, origin: Origin) -> Invitation:
    """
    An invitation of whoever reads the mails of `email`, good for seven days.

    One that ran out is sent anew. Records `organization.invitation_sent`.

    :raises OwnerRoleFixed: for the role of owner, which is transferred instead.
    :raises ResourceAlreadyExists: if they are a member already, or one is open.
    :raises NotPermitted: if they are deactivated.
    """
    organization = lock_organization(organization_id)
    wanted = email.strip().lower()
    if role == Membership.Role.OWNER:
        raise OwnerRoleFixed
    known = User.objects.filter(email=wanted).first()
    if known is not None and not known.is_active:
        raise NotPermitted("This person is deactivated.")
    if organization.memberships.filter(user__email=wanted).exists():
        raise ResourceAlreadyExists("This person is a member already.")
    now = _machine_time(origin, organization)
    former = organization.invitations.filter(
        email=wanted, accepted_at=None, withdrawn_at=None
    ).first()
    if former is not None and former.holds(now):
        raise ResourceAlreadyExists("This address is invited already.")
    if former is not None:
        former.role = Membership.Role(role)
        return _renew(former, now, origin)
    invitation = Invitation.objects.create(
        organization=organization,
        email=wanted,
        role=Membership.Role(role),
        invited_by=origin.actor_label or origin.actor,
        sent_at=now,
        expires_at=now + LASTS,
        created_at=now,
    )
    _record("invitation_sent", invitation, origin, number=invitation.number)
    return invitation


@transaction.atomic
def resend_invitation(*, invitation_id: UUID, origin: Origin) -> Invitation:
    """
    The invitation, mailed again and good for seven days from now; the link before is worth nothing.

    :raises ResourceNotFound: if there is none.
    :raises InvitationOver: if it was accepted or withdrawn.
    """
    invitation = _locked_open(invitation_id)
    return _renew(invitation, _machine_time(origin, invitation.organization), origin)


def plan_withdraw_invitation(*, invitation_id: UUID, origin: Origin) -> Plan:
    """
    What becomes of it.

    :raises ResourceNotFound: if there is none.
    """
    return _withdrawal_plan(find_invitation(invitation_id))


@transaction.atomic
def withdraw_invitation(
    *, invitation_id: UUID, agreed: str | None = None, origin: Origin
) -> Invitation:
    """
    The invitation, which nobody can accept any more.

    :raises ResourceNotFound: if there is none.
    :raises InvitationOver: if it was accepted or withdrawn, as the second time.
    :raises PlanChanged: if another plan was agreed to.
    """
    invitation = _locked_open(invitation_id)
    _withdrawal_plan(invitation).require(agreed)
    invitation.withdrawn_at = _machine_time(origin, invitation.organization)
    invitation.modified_at = invitation.withdrawn_at
    invitation.save(update_fields=["withdrawn_at", "modified_at"])
    _record("invitation_withdrawn", invitation, origin)
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, name: str = "", origin: Origin) -> Membership:
    """
    The membership of whoever reads the mails of the address; who is new is made, as `name`.

    `origin` is by the machine's clock. The link is used up.

    :raises InvitationOver: if the link does not hold: forged, used, replaced, withdrawn, expired.
    :raises NotPermitted: if the person was deactivated since.
    """
    read = read_invitation_token(token)
    if read is None:
        raise InvitationOver
    try:
        found = find_invitation(read[0])
        organization = lock_organization(found.organization_id)
    except ResourceNotFound:
        raise InvitationOver from None
    invitation = lock_invitation(found.pk)
    if invitation.number != read[1] or not invitation.holds(origin.at):
        raise InvitationOver
    by_clock = origin.on_clock(organization.clock_offset)
    user = User.objects.filter(email=invitation.email).first()
    if user is None:
        user = create_user(email=invitation.email, name=name, password=None, origin=by_clock)
    member = organization.memberships.filter(user=user).first()
    if member is None:
        member = add_member(
            organization_id=organization.pk, user=user, role=invitation.role, origin=by_clock
        )
    invitation.accepted_at = invitation.modified_at = origin.at
    invitation.save(update_fields=["accepted_at", "modified_at"])
    _record("invitation_accepted", invitation, by_clock)
    return member


def _renew(invitation: Invitation, now: datetime, origin: Origin) -> Invitation:
    invitation.number += 1
    invitation.sent_at = invitation.modified_at = now
    invitation.expires_at = now + LASTS
    invitation.invited_by = origin.actor_label or origin.actor
    invitation.save()
    _record("invitation_sent", invitation, origin, number=invitation.number)
    return invitation


def _withdrawal_plan(invitation: Invitation) -> Plan:
    return Plan(
        title=f"The invitation of {invitation.email} is withdrawn",
        changes=(Change("Invitation", "open", "withdrawn"),) if invitation.is_open else (),
        effects=("The link in the mail is worth nothing any more.",),
    )


def _locked_open(invitation_id: UUID) -> Invitation:
    organization = lock_organization(find_invitation(invitation_id).organization_id)
    invitation = lock_invitation(invitation_id)
    invitation.organization = organization
    if not invitation.is_open:
        raise InvitationOver
    return invitation


def _machine_time(origin: Origin, organization: Organization) -> datetime:
    """The origin's time without the test clock: people read their mails in real days."""
    return origin.at - organization.clock_offset


def _record(what: str, invitation: Invitation, origin: Origin, **payload: int) -> None:
    record(
        f"organization.{what}",
        subject=invitation.organization,
        organization_id=invitation.organization_id,
        origin=origin,
        payload={"invitation_id": str(invitation.pk), "role": invitation.role, **payload},
    )
