"""Merchants that were shut out for a week: what their customers still have ends silently."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from apps.core.origin import Origin
from apps.core.timers import Due
from apps.organizations.clocks import clocks
from apps.organizations.models import Organization
from apps.subscriptions.errors import SubscriptionLocked
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.canceling import revoke_subscriptions_of_organization
from apps.subscriptions.states import BILLABLE

# Until then a denial or a block may be taken back without harm.
PATIENCE: Final = timedelta(days=7)
SHUT: Final = (
    Organization.Status.DENIED,
    Organization.Status.BLOCKED,
    Organization.Status.OFFBOARDED,
)


def shutdowns_due_by(organization_id: UUID, until: datetime) -> list[Due]:
    """When the subscriptions of an organization end with it, if that is by `until`."""
    rows = _shut(until).filter(pk=organization_id).values_list("status_changed_at", flat=True)
    return [Due(at + PATIENCE, organization_id, organization_id) for at in rows]


def due_shutdown_ids(at: datetime, limit: int) -> list[UUID]:
    """Whose subscriptions are to end when the machine's clock says `at`, by each test clock."""
    found: list[UUID] = []
    for clock in clocks(at):
        rows = _shut(clock.at)
        if clock.organization_id is None:
            rows = rows.filter(clock_offset=timedelta())
        else:
            rows = rows.filter(pk=clock.organization_id)
        ordered = rows.order_by("status_changed_at", "pk")
        found += ordered.values_list("pk", flat=True)[:limit]
    return found


def shut_down(organization_id: UUID, origin: Origin) -> None:
    """
    End everything an organization has, batch after batch.

    What waits for the outcome of a payment is left to the sweep.
    """
    try:
        while revoke_subscriptions_of_organization(organization_id=organization_id, origin=origin):
            pass
    except SubscriptionLocked:
        return


def _shut(until: datetime) -> QuerySet[Organization]:
    living = Subscription.objects.filter(organization=OuterRef("pk"), status__in=BILLABLE)
    return Organization.objects.filter(
        Exists(living.order_by()),
        status__in=SHUT,
        status_changed_at__lte=until - PATIENCE,
        deleted_at=None,
    )
