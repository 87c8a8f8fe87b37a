"""Jobs of benefits."""

from __future__ import annotations

from uuid import UUID

from apps.benefits.models import BenefitGrant, Resync
from apps.benefits.operations import (
    revoke_grants_of_benefit,
    spread_resync,
    work_on_grant,
)
from apps.benefits.operations.planned import WORK
from apps.benefits.selectors import overdue_grants
from apps.core.jobs import enqueue, job
from apps.core.origin import Door, Origin, system_origin
from apps.organizations.models import Organization

SWEEP_LIMIT = 500
GRACE_SECONDS = 30


@job(WORK, queue="medium")
def work_on_grant_task(*, grant_id: str, **_future: object) -> None:
    """Do what is due on one grant."""
    grant = BenefitGrant.objects.select_related("organization").get(pk=grant_id)
    work_on_grant(grant_id=grant.pk, origin=_origin(grant.organization))


@job("benefits.sweep", queue="low")
def sweep(**_future: object) -> None:
    """Have a batch of grants worked on that the broker lost or that wait for a retry."""
    overdue = overdue_grants(grace_seconds=GRACE_SECONDS, limit=SWEEP_LIMIT)
    for grant_id in overdue:
        enqueue(WORK, grant_id=str(grant_id))


@job("benefits.spread_resync", queue="low")
def spread_resync_task(*, resync_id: str, **_future: object) -> None:
    """Begin one re-sync."""
    resync = Resync.objects.select_related("organization").get(pk=resync_id)
    spread_resync(resync_id=resync.pk, origin=_origin(resync.organization))


@job("benefits.revoke_of_benefit", queue="low")
def revoke_of_benefit_task(*, benefit_id: str, organization_id: str, **_future: object) -> None:
    """Take back a batch of what a deleted benefit granted, then ask for the next."""
    organization = Organization.objects.get(pk=organization_id)
    if revoke_grants_of_benefit(benefit_id=UUID(benefit_id), origin=_origin(organization)):
        enqueue(
            "benefits.revoke_of_benefit", benefit_id=benefit_id, organization_id=organization_id
        )


def _origin(organization: Organization) -> Origin:
    """Now, by the clock of the organization."""
    return system_origin(Door.TASK, clock_offset=organization.clock_offset)
