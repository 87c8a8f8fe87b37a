"""Keeping what was found at a merchant's website."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.core.outbound.pages import Page
from apps.events.operations import record
from apps.organizations.models import Organization, WebsiteCheck
from apps.organizations.selectors import living_organization
from apps.organizations.websites import read_links

JOB = "organizations.check_website"


@transaction.atomic
def request_website_check(*, organization_id: UUID, origin: Origin) -> Organization:
    """
    Have a merchant's website looked at after the commit.

    :raises ResourceNotFound: if there is no such living organization.
    :raises ValidationFailed: if it has named no website.
    """
    organization = living_organization(organization_id)
    if not organization.website:
        raise ValidationFailed.at("website", msg="The merchant has named no website.")
    enqueue(JOB, queue="low", organization_id=str(organization_id))
    return organization


@transaction.atomic
def record_website_check(
    *, organization_id: UUID, url: str, page: Page, origin: Origin
) -> WebsiteCheck | None:
    """
    What `page` showed, kept as a check; None if the merchant has another website by now.

    :raises ResourceNotFound: if there is no such living organization.
    """
    organization = living_organization(organization_id)
    if organization.website != url:
        return None
    sight = read_links(page.text, base=page.url) if page.is_reached else None
    check = WebsiteCheck.objects.create(
        organization=organization,
        url=url,
        final_url=page.url,
        http_code=page.http_code,
        error=page.error[:200],
        title=sight.title if sight else "",
        links=sight.links if sight else {},
        duration_ms=page.duration_ms,
        created_at=origin.at,
    )
    record(
        "organization.website_checked",
        subject=organization,
        organization_id=organization_id,
        origin=origin,
        payload={
            "http_code": page.http_code,
            "error": page.error,
            "found": sorted(check.links),
        },
    )
    return check
