"""The way out: offboarding, and the return of one that was deleted."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.events.operations import record
from apps.organizations.locks import lock_deleted_organization, lock_organization
from apps.organizations.models import Organization
from apps.organizations.operations.closing import require_reason
from apps.organizations.operations.moving import move_organization
from apps.organizations.operations.planning import status_plan
from apps.organizations.operations.review_planning import policy_plan, require_status
from apps.organizations.selectors import any_organization


@transaction.atomic
def start_offboarding(
    *, organization_id: UUID, policy_section: str, agreed: str | None = None, origin: Origin
) -> Organization:
    """
    The organization is to leave: it sells on, but is paid out no more until it is offboarded.

    :raises ValidationFailed: if the policy has no such section, or no reason is given.
    :raises InvalidTransition: unless it is under review or denied.
    :raises PlanChanged: if another plan was agreed to.
    """
    require_reason(origin)
    organization = lock_organization(organization_id)
    policy_plan(organization, "offboarding", policy_section, origin).require(agreed)
    return move_organization(organization, "offboarding", origin, policy_section=policy_section)


@transaction.atomic
def complete_offboarding(
    *, organization_id: UUID, agreed: str | None = None, origin: Origin
) -> Organization:
    """
    The organization has left: it sells no more, and is paid what is still its own.

    :raises WrongStatus: if it is not being offboarded, as the second time.
    :raises PlanChanged: if another plan was agreed to.
    """
    organization = lock_organization(organization_id)
    require_status(organization, "offboarding")
    status_plan(organization, "offboarded", origin).require(agreed)
    return move_organization(organization, "offboarded", origin)


def plan_restore_organization(*, organization_id: UUID, origin: Origin) -> Plan:
    """What comes back with a deleted organization, and what does not."""
    return _restoring(any_organization(organization_id))


@transaction.atomic
def restore_organization(
    *, organization_id: UUID, agreed: str | None = None, origin: Origin
) -> Organization:
    """
    A deleted organization lives again, in its status; what was erased stays erased.

    :raises ResourceNotFound: if there is none that is deleted, as the second time.
    :raises PlanChanged: if another plan was agreed to.
    """
    organization = lock_deleted_organization(organization_id)
    _restoring(organization).require(agreed)
    deleted_at = organization.deleted_at
    organization.deleted_at, organization.modified_at = None, origin.at
    organization.save(update_fields=["deleted_at", "modified_at"])
    record(
        "organization.restored",
        subject=organization,
        organization_id=organization.pk,
        origin=origin,
        changes={"deleted_at": (deleted_at.isoformat() if deleted_at else None, None)},
    )
    return organization


def _restoring(organization: Organization) -> Plan:
    return Plan(
        title=f"{organization} is restored",
        changes=(Change("Organization", "deleted", organization.status),),
        effects=("Its members and their roles are as they were.",),
        warnings=(
            "E-mail, website, picture, socials, business details and access tokens do not "
            "come back.",
        ),
    )
