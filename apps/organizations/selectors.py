"""Reads across the tables of organizations."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.core.credentials import is_well_formed
from apps.core.errors import ResourceNotFound
from apps.core.prepared import Prepared
from apps.core.staff import roles
from apps.core.timers import Due
from apps.organizations.clocks import clocks
from apps.organizations.invitations import read_invitation_token
from apps.organizations.models import (
    AccessToken,
    Impersonation,
    Invitation,
    Membership,
    Organization,
    OrganizationReview,
    WebsiteCheck,
)
from apps.organizations.querysets import TenantQuerySet
from apps.organizations.tokens import ORGANIZATION_PREFIX, hash_token

_token_by_hash = Prepared(
    lambda value: AccessToken.objects.select_related("organization").filter(
        token_hash=value, revoked_at=None
    )
)


def valid_access_token(text: str, *, at: datetime) -> AccessToken | None:
    """
    The token with its organization, if it holds at the machine's time `at`.

    It does not when revoked or expired, nor while the organization is deleted or may not use
    the API. One query; two more for one that was issued for an impersonation.
    """
    if not is_well_formed(text, ORGANIZATION_PREFIX):
        return None
    token = _token_by_hash.first(hash_token(text))
    if token is None or (token.expires_at is not None and token.expires_at <= at):
        return None
    if token.impersonation_id is not None:
        token.impersonation = find_impersonation(token.impersonation_id)
        if not is_impersonation_held(token.impersonation, at=at):
            return None
    return token if token.organization.can("api_access") else None


def living_organization(organization_id: UUID) -> Organization:
    """
    The organization, not locked.

    :raises ResourceNotFound: if there is none, or it was deleted.
    """
    found = Organization.objects.filter(pk=organization_id, deleted_at=None).first()
    if found is None:
        raise ResourceNotFound
    return found


def any_organization(organization_id: UUID) -> Organization:
    """
    The organization, not locked, deleted or not.

    :raises ResourceNotFound: if there is none.
    """
    found = Organization.objects.filter(pk=organization_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def living_access_tokens(organization: Organization) -> TenantQuerySet[AccessToken]:
    """The tokens of an organization that were not revoked; not those that staff look on with."""
    return AccessToken.objects.for_organization(organization).filter(
        revoked_at=None, impersonation=None
    )


def find_access_token(token_id: UUID) -> AccessToken:
    """
    The token, not locked.

    :raises ResourceNotFound: if there is none.
    """
    found = AccessToken.objects.filter(pk=token_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def find_impersonation(impersonation_id: UUID) -> Impersonation:
    """
    The impersonation with its organization and people, not locked.

    :raises ResourceNotFound: if there is none.
    """
    found = _impersonations().filter(pk=impersonation_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def find_invitation(invitation_id: UUID) -> Invitation:
    """
    The invitation with its organization, not locked.

    :raises ResourceNotFound: if there is none.
    """
    rows = Invitation.objects.select_related("organization")
    found = rows.filter(pk=invitation_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def holding_invitation(token: str, *, at: datetime) -> Invitation | None:
    """The invitation that a link opens at the machine's time `at`, of a living organization."""
    read = read_invitation_token(token)
    if read is None:
        return None
    rows = Invitation.objects.select_related("organization")
    found = rows.filter(pk=read[0], number=read[1], organization__deleted_at=None).first()
    return found if found is not None and found.holds(at) else None


def unended_impersonation(staff_id: UUID) -> Impersonation | None:
    """The one that a staff member began and nobody has ended, whether or not it ran out."""
    return _impersonations().filter(staff_id=staff_id, ended_at=None).first()


def held_impersonation(staff_id: UUID, *, at: datetime) -> Impersonation | None:
    """The one by which a staff member sees a merchant at the machine's time `at`."""
    found = unended_impersonation(staff_id)
    return found if found is not None and is_impersonation_held(found, at=at) else None


def is_impersonation_held(impersonation: Impersonation, *, at: datetime) -> bool:
    """
    Whether it still opens anything at the machine's time `at`.

    It does not once it was ended or ran out, its staff member lost the role, the member left or
    became staff, or the organization was deleted. One query.
    """
    staff, member = impersonation.staff, impersonation.member
    return (
        impersonation.is_running(at)
        and roles.reaches(staff, roles.SUPPORT)
        and member.is_active
        and not member.staff_role
        and impersonation.organization.deleted_at is None
        and Membership.objects.filter(
            organization=impersonation.organization, user=member, role=impersonation.role
        ).exists()
    )


def unended_impersonation_ids() -> list[UUID]:
    """All that nobody has ended, the oldest first."""
    rows = Impersonation.objects.filter(ended_at=None).order_by("created_at")
    return list(rows.values_list("pk", flat=True))


def member_addresses(organization: Organization) -> list[str]:
    """The e-mail addresses of its active members, else its own."""
    rows = Membership.objects.filter(organization=organization, user__is_active=True)
    found = list(rows.order_by("created_at", "pk").values_list("user__email", flat=True))
    return found or ([organization.email] if organization.email else [])


def latest_review(organization: Organization) -> OrganizationReview | None:
    """The review that counts: the last one that was opened."""
    rows = OrganizationReview.objects.filter(organization=organization)
    found = rows.order_by("-created_at", "-pk").first()
    if found is not None:
        found.organization = organization
    return found


def open_review(organization: Organization) -> OrganizationReview | None:
    """The review that waits for a decision."""
    found = OrganizationReview.objects.filter(organization=organization, verdict=None).first()
    if found is not None:
        found.organization = organization
    return found


def latest_website_check(organization: Organization) -> WebsiteCheck | None:
    """The last look at the website that it has now."""
    rows = WebsiteCheck.objects.filter(organization=organization, url=organization.website or "")
    return rows.order_by("-created_at", "-pk").first()


def is_passed(organization: Organization) -> bool:
    """Whether its last review let it sell, by itself or after an appeal."""
    review = latest_review(organization)
    return review is not None and (
        review.verdict == OrganizationReview.Verdict.PASS
        or review.appeal_decision == OrganizationReview.AppealDecision.APPROVED
    )


def snoozes_due_by(organization_id: UUID, until: datetime) -> list[Due]:
    """When the snooze of an organization ends by time, if that is by `until`."""
    rows = _timed_snoozes().filter(pk=organization_id, snoozed_until__lte=until)
    found = rows.values_list("snoozed_until", flat=True)
    return [Due(at, organization_id, organization_id) for at in found if at is not None]


def due_snooze_ids(at: datetime) -> list[UUID]:
    """Whose snooze is over by its clock, when the machine's says `at`."""
    found: list[UUID] = []
    for clock in clocks(at):
        rows = _timed_snoozes().filter(snoozed_until__lte=clock.at)
        if clock.organization_id is None:
            rows = rows.filter(clock_offset=timedelta())
        else:
            rows = rows.filter(pk=clock.organization_id)
        found += rows.order_by("snoozed_until").values_list("pk", flat=True)
    return found


def activatable_ids(limit: int) -> list[UUID]:
    """The first organizations that have told their details but do not sell yet."""
    rows = Organization.objects.filter(
        status=Organization.Status.CREATED, deleted_at=None, details_submitted_at__isnull=False
    )
    passed = OrganizationReview.objects.filter(organization=OuterRef("pk")).filter(
        Q(verdict=OrganizationReview.Verdict.PASS)
        | Q(appeal_decision=OrganizationReview.AppealDecision.APPROVED)
    )
    return list(
        rows.filter(Exists(passed)).order_by("created_at").values_list("pk", flat=True)[:limit]
    )


def _impersonations() -> QuerySet[Impersonation]:
    return Impersonation.objects.select_related("organization", "staff", "member")


def _timed_snoozes() -> QuerySet[Organization]:
    return Organization.objects.filter(
        status=Organization.Status.SNOOZED,
        snooze_type=Organization.SnoozeType.TIME_BASED,
        deleted_at=None,
    )
