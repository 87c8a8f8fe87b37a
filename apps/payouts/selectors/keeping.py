"""Reads of reserves and holds: what they keep, and what goes back when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from apps.core.prepared import ID_MARK, Prepared
from apps.core.timers import Due
from apps.organizations.clocks import clocks
from apps.payouts.models import Hold, Reserve, ReservePart

DUE_LIMIT: Final = 1000

# Asked for with every sale.
_standing = Prepared(
    lambda value: Reserve.objects.filter(organization_id=value, ended_at=None).order_by(
        "created_at", "pk"
    ),
    mark=ID_MARK,
)


def standing_reserves(organization_id: UUID) -> list[Reserve]:
    """The reserves that take from an organization's sales now, oldest first."""
    return _standing.rows(organization_id)


def kept_parts(reserve: Reserve, *, due_at: datetime | None = None) -> QuerySet[ReservePart]:
    """What a reserve keeps, oldest first; with `due_at` only what goes back by then."""
    rows = ReservePart.objects.filter(reserve=reserve, released_at=None).order_by("pk")
    return rows if due_at is None else rows.filter(release_at__lte=due_at)


def kept_amount(reserve: Reserve) -> int:
    """How much a reserve keeps."""
    return int(kept_parts(reserve).order_by().aggregate(sum=Sum("amount"))["sum"] or 0)


def reserves_due_by(organization_id: UUID, until: datetime) -> Iterable[Due]:
    """For the timer: when parts of an organization's reserves go back, the earliest first."""
    parts = ReservePart.objects.filter(
        organization_id=organization_id, released_at=None, release_at__lte=until
    ).values_list("release_at", "reserve_id")
    ends = Reserve.objects.filter(
        organization_id=organization_id, ended_at=None, release_at__lte=until
    ).values_list("release_at", "pk")
    found = {*parts.distinct().order_by("release_at")[:DUE_LIMIT], *ends}
    due = ((at, reserve_id) for at, reserve_id in found if at is not None)
    return [Due(at, reserve_id, organization_id) for at, reserve_id in sorted(due)]


def holds_due_by(organization_id: UUID, until: datetime) -> Iterable[Due]:
    """For the timer: when an organization's holds are over, the earliest first."""
    rows = Hold.objects.filter(
        organization_id=organization_id, released_at=None, release_at__lte=until
    ).order_by("release_at")
    found = rows.values_list("release_at", "pk")[:DUE_LIMIT]
    return [Due(at, pk, organization_id) for at, pk in found if at is not None]


def due_reserve_ids(*, at: datetime) -> list[UUID]:
    """Reserves of which something goes back by now; `at` is the machine's time."""
    found: list[UUID] = []
    for clock in clocks(at):
        mine = (
            Q(organization_id=clock.organization_id)
            if clock.organization_id is not None
            else Q(organization__clock_offset=timedelta())
        )
        parts = ReservePart.objects.filter(mine, released_at=None, release_at__lte=clock.at)
        ends = Reserve.objects.filter(mine, ended_at=None, release_at__lte=clock.at)
        found += parts.values_list("reserve_id", flat=True).distinct()[:DUE_LIMIT]
        found += ends.values_list("pk", flat=True)[:DUE_LIMIT]
    return list(dict.fromkeys(found))


def due_hold_ids(*, at: datetime) -> list[UUID]:
    """Holds that are over by now; `at` is the machine's time."""
    found: list[UUID] = []
    for clock in clocks(at):
        rows = Hold.objects.filter(released_at=None, release_at__lte=clock.at)
        if clock.organization_id is not None:
            rows = rows.filter(organization_id=clock.organization_id)
        else:
            rows = rows.filter(organization__clock_offset=timedelta())
        found += rows.order_by("release_at").values_list("pk", flat=True)[:DUE_LIMIT]
    return found
