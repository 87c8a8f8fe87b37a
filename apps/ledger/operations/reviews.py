"""Sales that have come to what calls for a review."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.ledger.selectors.sales import sales_total
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization
from apps.organizations.operations import note_sales


@transaction.atomic
def check_review_threshold(*, organization_id: UUID, origin: Origin) -> Organization:
    """
    Add up what an organization has earned; at its threshold it comes under review.

    Checks of one organization wait for each other, so that each sees the status that the one
    before left. The second time changes nothing.

    :raises ResourceNotFound: if there is no such living organization.
    """
    lock_organization(organization_id)
    return note_sales(
        organization_id=organization_id,
        total_balance=sales_total(organization_id),
        origin=origin,
    )
