"""Looking at a merchant as one of its people does: begun with a reason, read-only, recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.credentials import new_credential
from apps.core.errors import NotPermitted, ResourceNotFound
from apps.core.origin import Actor, Origin
from apps.core.plans import Change, Plan
from apps.events.operations import record
from apps.organizations.errors import ImpersonationOver, ImpersonationRefused
from apps.organizations.locks import lock_impersonation, lock_organization
from apps.organizations.models import AccessToken, Impersonation, Membership, Organization
from apps.organizations.operations.closing import require_reason
from apps.organizations.scopes import readable_by
from apps.organizations.selectors import (
    find_impersonation,
    is_impersonation_held,
    living_organization,
    unended_impersonation,
)
from apps.organizations.tokens import ORGANIZATION_PREFIX, hash_token

LASTS: Final = timedelta(minutes=60)


def plan_start_impersonation(*, organization_id: UUID, membership_id: UUID, origin: Origin) -> Plan:
    """
    As whom somebody would look, for how long, and what ends for it.

    :raises ResourceNotFound: if there is no such member of a living organization.
    :raises ImpersonationRefused: if the member is staff, or deactivated.
    """
    return _start_plan(_member(living_organization(organization_id), membership_id), origin)


@transaction.atomic
def start_impersonation(
    *,
    organization_id: UUID,
    membership_id: UUID,
    agreed: str | None = None,
    origin: Origin,
) -> Impersonation:
    """
    The impersonation of a member by the staff member who asks, for an hour.

    Another of theirs ends. `agreed` is the fingerprint of the plan that was shown, if one was.

    :raises ValidationFailed: for a reason of under ten characters.
    :raises ImpersonationRefused: if the member is staff or deactivated, or no staff member asks.
    :raises PlanChanged: if another plan was agreed to.
    """
    require_reason(origin)
    if origin.actor is not Actor.STAFF or not origin.actor_id:
        raise ImpersonationRefused("Only staff impersonate.")
    organization = lock_organization(organization_id)
    membership = _member(organization, membership_id)
    _start_plan(membership, origin).require(agreed)
    former = unended_impersonation(UUID(origin.actor_id))
    if former is not None:
        _end(lock_impersonation(former.pk), origin)
    began = _machine_time(origin, organization)
    made = Impersonation.objects.create(
        organization=organization,
        staff_id=UUID(origin.actor_id),
        member=membership.user,
        role=membership.role,
        reason=origin.reason,
        created_at=began,
        expires_at=began + LASTS,
    )
    _record("started", made, origin, user_id=str(membership.user_id), role=membership.role)
    return made


def plan_end_impersonation(*, impersonation_id: UUID, origin: Origin) -> Plan:
    """
    What ends with it.

    :raises ResourceNotFound: if there is none.
    """
    return _end_plan(find_impersonation(impersonation_id))


@transaction.atomic
def end_impersonation(
    *, impersonation_id: UUID, agreed: str | None = None, origin: Origin
) -> Impersonation:
    """
    The impersonation, over from now on, and its tokens with it. The second time changes nothing.

    :raises ResourceNotFound: if there is none.
    :raises PlanChanged: if another plan was agreed to.
    """
    impersonation = lock_impersonation(impersonation_id)
    _end_plan(impersonation).require(agreed)
    _end(impersonation, origin)
    return impersonation


@transaction.atomic
def close_impersonation(*, impersonation_id: UUID, origin: Origin) -> bool:
    """Whether one that no longer holds was ended for it; False while it holds, or once it was."""
    impersonation = lock_impersonation(impersonation_id)
    at = _machine_time(origin, impersonation.organization)
    if impersonation.ended_at is not None or is_impersonation_held(impersonation, at=at):
        return False
    _end(impersonation, origin)
    return True


@transaction.atomic
def issue_impersonation_token(*, impersonation_id: UUID, origin: Origin) -> tuple[AccessToken, str]:
    """
    A token of the merchant API that reads what the member may, until the impersonation ends.

    Its plaintext is kept nowhere. One that was issued before is revoked.

    :raises NotPermitted: for anybody but who impersonates.
    :raises ImpersonationOver: if it is over.
    """
    impersonation = lock_impersonation(impersonation_id)
    if origin.actor is not Actor.STAFF or origin.actor_id != str(impersonation.staff_id):
        raise NotPermitted("Only who impersonates is given a token.")
    at = _machine_time(origin, impersonation.organization)
    if not is_impersonation_held(impersonation, at=at):
        raise ImpersonationOver
    _revoke_tokens(impersonation, origin)
    plaintext = new_credential(ORGANIZATION_PREFIX)
    token = AccessToken.objects.create(
        organization=impersonation.organization,
        impersonation=impersonation,
        comment=f"Impersonation by {impersonation.staff}"[:200],
        token_hash=hash_token(plaintext),
        hint=plaintext[-4:],
        scopes=list(readable_by(impersonation.role)),
        expires_at=impersonation.expires_at,
        created_at=origin.at,
    )
    record(
        "access_token.issued",
        subject=token,
        organization_id=impersonation.organization_id,
        origin=origin,
        payload={"comment": token.comment, "scopes": token.scopes},
    )
    return token, plaintext


def note_impersonated(*, impersonation: Impersonation, path: str, origin: Origin) -> None:
    """
    Keep for good that something of the merchant was looked at, before it is shown.

    Of a query only the names are kept: what is searched for may be somebody's address.
    """
    record(
        "impersonation.looked",
        subject=impersonation,
        organization_id=impersonation.organization_id,
        origin=origin,
        payload={"path": _without_values(path)},
    )


def _without_values(path: str) -> str:
    place, _, query = path.partition("?")
    names = sorted({name.partition("=")[0] for name in query.split("&") if name})
    return f"{place}?{'&'.join(names)}"[:500] if names else place[:500]


def _start_plan(membership: Membership, origin: Origin) -> Plan:
    user, organization = membership.user, membership.organization
    if user.staff_role:
        raise ImpersonationRefused("Staff are never impersonated.")
    if not user.is_active:
        raise ImpersonationRefused("This person is deactivated.")
    former = unended_impersonation(UUID(origin.actor_id)) if origin.actor_id else None
    changes = [Change("You see", "the backoffice", f"{organization} as {user}")]
    if former is not None:
        changes.append(Change(f"Impersonation {former}", "running", "ended"))
    return Plan(
        title=f"Look at {organization} as {user} ({membership.get_role_display().lower()})",
        changes=tuple(changes),
        effects=(
            "Read-only, this organization alone, for 60 minutes.",
            "Every page you open is kept with your name.",
        ),
        events=("impersonation.started",),
    )


def _end_plan(impersonation: Impersonation) -> Plan:
    title = f"{impersonation} ends"
    if impersonation.ended_at is not None:
        return Plan(title=title)
    return Plan(
        title=title,
        changes=(Change("Impersonation", "running", "ended"),),
        effects=("Tokens that were issued for it are revoked.",),
        events=("impersonation.ended",),
    )


def _member(organization: Organization, membership_id: UUID) -> Membership:
    found = organization.memberships.select_related("user").filter(pk=membership_id).first()
    if found is None:
        raise ResourceNotFound
    found.organization = organization
    return found


def _end(impersonation: Impersonation, origin: Origin) -> None:
    if impersonation.ended_at is not None:
        return
    # One that ran out is over since then, whenever that is noticed.
    now = _machine_time(origin, impersonation.organization)
    impersonation.ended_at = min(now, impersonation.expires_at)
    impersonation.ended_by = origin.actor_label or origin.actor
    impersonation.modified_at = now
    impersonation.save(update_fields=["ended_at", "ended_by", "modified_at"])
    _revoke_tokens(impersonation, origin)
    _record("ended", impersonation, origin)


def _revoke_tokens(impersonation: Impersonation, origin: Origin) -> None:
    impersonation.tokens.filter(revoked_at=None).update(
        revoked_at=_machine_time(origin, impersonation.organization)
    )


def _machine_time(origin: Origin, organization: Organization) -> datetime:
    """The origin's time without the test clock: an hour of looking is a real one."""
    return origin.at - organization.clock_offset


def _record(what: str, impersonation: Impersonation, origin: Origin, **payload: str) -> None:
    """What the timeline of the organization tells of it."""
    record(
        f"impersonation.{what}",
        subject=impersonation.organization,
        organization_id=impersonation.organization_id,
        origin=origin,
        payload={"impersonation_id": str(impersonation.pk), **payload},
    )
