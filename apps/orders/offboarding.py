"""When a merchant that is being offboarded has left: 120 days after its last sale."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Greatest

from apps.core.origin import Origin
from apps.core.plans import Plan, add_to_plan
from apps.core.timers import Due, Timer, register_timer
from apps.orders.models import Order
from apps.organizations.clocks import clocks
from apps.organizations.models import Organization
from apps.organizations.operations import complete_offboarding
from apps.organizations.policies import OFFBOARDING_LASTS


def register() -> None:
    """Called once, when the app is ready."""
    add_to_plan("organizations.change_status", _is_early)
    register_timer(
        Timer(name="orders.offboarding", due=offboardings_due_by, run=complete_if_due, rank=90)
    )


def offboarded_at(organization: Organization) -> datetime:
    """
    When the organization may be offboarded: counted from its last paid order, or from when the
    offboarding began if that is later.
    """
    last = Order.objects.filter(organization=organization).aggregate(last=Max("paid_at"))["last"]
    began: datetime = organization.status_changed_at
    return (max(began, last) if last else began) + OFFBOARDING_LASTS


def offboardings_due_by(organization_id: UUID, until: datetime) -> list[Due]:
    """When an organization has left, if that is by `until`."""
    rows = _leaving(until).filter(pk=organization_id)
    return [Due(one.since + OFFBOARDING_LASTS, organization_id, organization_id) for one in rows]


def due_offboarding_ids(at: datetime, limit: int) -> list[UUID]:
    """Who has left when the machine's clock says `at`, by each test clock."""
    found: list[UUID] = []
    for clock in clocks(at):
        rows = _leaving(clock.at)
        if clock.organization_id is None:
            rows = rows.filter(clock_offset=timedelta())
        else:
            rows = rows.filter(pk=clock.organization_id)
        found += [one.pk for one in rows.order_by("status_changed_at", "pk")[:limit]]
    return found


def complete_if_due(organization_id: UUID, origin: Origin) -> None:
    """Offboard an organization whose time has come; nothing before, nor the second time."""
    organization = Organization.objects.filter(pk=organization_id, deleted_at=None).first()
    if organization is None or organization.status != Organization.Status.OFFBOARDING:
        return
    if offboarded_at(organization) <= origin.at:
        complete_offboarding(organization_id=organization_id, origin=origin)


def _leaving(until: datetime) -> QuerySet[Any]:
    # The longest waiting are few, and each costs the end of an index of its orders.
    rows = Organization.objects.filter(
        status=Organization.Status.OFFBOARDING,
        status_changed_at__lte=until - OFFBOARDING_LASTS,
        deleted_at=None,
    )
    last = Max("orders__paid_at", filter=Q(orders__paid_at__isnull=False))
    return rows.annotate(since=Greatest(F("status_changed_at"), last)).filter(
        since__lte=until - OFFBOARDING_LASTS
    )


def _is_early(*, organization: Any, to: str, origin: Origin, **_: Any) -> Plan | None:
    """Whoever completes it by hand is told if buyers can still contest what they paid."""
    if to != Organization.Status.OFFBOARDED:
        return None
    due = offboarded_at(organization)
    if due <= origin.at:
        return None
    return Plan(
        warnings=(
            f"It would be offboarded by itself on {due:%d %b %Y}, {OFFBOARDING_LASTS.days} days "
            "after its last sale: until then buyers can contest what they paid.",
        )
    )
