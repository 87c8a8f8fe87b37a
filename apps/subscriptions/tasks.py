"""Jobs of subscriptions."""

from __future__ import annotations

from uuid import UUID

from apps.core.jobs import enqueue, job
from apps.core.origin import Door, system_origin
from apps.organizations.models import Organization
from apps.subscriptions.operations import revoke_subscriptions_of_organization


@job("subscriptions.revoke_of_organization", queue="low")
def revoke_of_organization_task(*, organization_id: str, **_future: object) -> None:
    """End a batch of what an organization that was shut down still has, then ask for the next."""
    organization = Organization.objects.get(pk=organization_id)
    origin = system_origin(Door.TASK, clock_offset=organization.clock_offset)
    if revoke_subscriptions_of_organization(organization_id=UUID(organization_id), origin=origin):
        enqueue("subscriptions.revoke_of_organization", organization_id=organization_id)
