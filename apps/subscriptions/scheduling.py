"""What becomes due on subscriptions, and when: for the sweeps and the sandbox's time machine."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from apps.core.timers import Due
from apps.organizations.clocks import clocks
from apps.organizations.models import Organization
from apps.subscriptions.models import Subscription
from apps.subscriptions.states import BILLABLE

# As many as are listed of one organization at once.
_LISTED = 5000


def ending_by(organization_id: UUID, until: datetime) -> list[Due]:
    """The subscriptions of an organization whose period ends by `until`, the earliest first."""
    rows = Subscription.objects.filter(
        organization_id=organization_id,
        status__in=BILLABLE,
        current_period_end_at__lte=until,
    )
    found = rows.order_by("current_period_end_at", "id")[:_LISTED]
    due = [Due(*row) for row in found.values_list("current_period_end_at", "id", "customer_id")]
    # Mostly there is nothing, and the organization need not be asked.
    return due if due and _may_renew(organization_id) else []


def resuming_by(organization_id: UUID, until: datetime) -> list[Due]:
    """The paused subscriptions of an organization that resume by `until`, the earliest first."""
    rows = Subscription.objects.filter(
        organization_id=organization_id,
        status=Subscription.Status.PAUSED,
        resumes_at__lte=until,
        customer__deleted_at=None,
    )
    found = rows.order_by("resumes_at", "id").values_list("resumes_at", "id", "customer_id")
    due = [Due(at, row_id, lane) for at, row_id, lane in found[:_LISTED] if at is not None]
    return due if due and _may_renew(organization_id) else []


def due_resume_ids(*, at: datetime, limit: int) -> list[UUID]:
    """Paused subscriptions to be resumed by the machine's time `at`, by each test clock."""
    found: list[UUID] = []
    for clock in clocks(at):
        rows = Subscription.objects.filter(
            status=Subscription.Status.PAUSED,
            resumes_at__lte=clock.at,
            customer__deleted_at=None,
            organization__deleted_at=None,
            organization__capabilities__subscription_renewals=True,
        )
        if clock.organization_id is None:
            rows = rows.filter(organization__clock_offset=timedelta())
        else:
            rows = rows.filter(organization_id=clock.organization_id)
        found += rows.order_by("resumes_at").values_list("pk", flat=True)[:limit]
    return found[:limit]


def claimed_count(*, at: datetime) -> int:
    """How many subscriptions schedulers have in hand at the machine's time `at`."""
    return Subscription.objects.filter(claimed_until__gt=at).count()


def _may_renew(organization_id: UUID) -> bool:
    organization = Organization.objects.filter(pk=organization_id).first()
    return organization is not None and organization.can("subscription_renewals")
