"""Merchants that have done what is asked of them before they sell."""

from __future__ import annotations

from datetime import datetime

from apps.core.origin import Actor, Door, Origin
from apps.organizations.models import Organization
from apps.organizations.operations import issue_access_token, update_organization
from tests.support.payouts import link, make_account
from tests.support.subscribers import make_plan

DETAILS = {
    "email": "hello@example.com",
    "website": "https://example.com",
    "details": {"product_description": "Software that draws maps of places that are far away."},
}


def complete_onboarding(organization: Organization, *, at: datetime) -> Organization:
    """The organization with every step of the checklist done."""
    origin = Origin(actor=Actor.MERCHANT, door=Door.API, at=at)
    make_plan(organization)
    issue_access_token(
        organization_id=organization.pk, comment="test", scopes=["orders:read"], origin=origin
    )
    link(organization, make_account(at=at), at=at)
    return update_organization(organization_id=organization.pk, changes=DETAILS, origin=origin)
