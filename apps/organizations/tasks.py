"""Jobs of organizations."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from apps.core.jobs import job
from apps.core.origin import Door, Origin, system_origin
from apps.core.outbound.pages import read_page
from apps.organizations.operations import (
    activate_if_ready,
    close_impersonation,
    end_due_snooze,
    record_website_check,
)
from apps.organizations.operations.websites import JOB
from apps.organizations.selectors import (
    activatable_ids,
    any_organization,
    due_snooze_ids,
    find_impersonation,
    unended_impersonation_ids,
)

LIMIT = 500
# Says who asks, to whoever reads the logs of a website.
AGENT = "Comptroller website check"


@job("organizations.end_snoozes", queue="low")
def end_snoozes_task(**_future: object) -> None:
    """Bring back the reviews that were put off until now."""
    for organization_id in due_snooze_ids(system_origin(Door.TASK).at):
        end_due_snooze(organization_id=organization_id, origin=_origin_of(organization_id))


@job("organizations.activate_ready", queue="low")
def activate_ready_task(**_future: object) -> None:
    """Let those sell that passed their review and miss nothing any more."""
    for organization_id in activatable_ids(LIMIT):
        activate_if_ready(organization_id=organization_id, origin=_origin_of(organization_id))


@job("organizations.close_impersonations", queue="low")
def close_impersonations_task(**_future: object) -> None:
    """End what ran out, or whose people are gone."""
    for pk in unended_impersonation_ids():
        organization = find_impersonation(pk).organization
        close_impersonation(
            impersonation_id=pk,
            origin=system_origin(Door.TASK, clock_offset=organization.clock_offset),
        )


@job(JOB, queue="low")
def check_website_task(*, organization_id: str, **_future: object) -> None:
    """Look at a merchant's website, without a transaction around it, and keep what was found."""
    key = UUID(organization_id)
    url = any_organization(key).website
    if not url:
        return
    page = read_page(url, is_local_allowed=settings.SANDBOX, agent=AGENT)
    record_website_check(organization_id=key, url=url, page=page, origin=_origin_of(key))


def _origin_of(organization_id: UUID) -> Origin:
    organization = any_organization(organization_id)
    return system_origin(Door.TASK, clock_offset=organization.clock_offset)
