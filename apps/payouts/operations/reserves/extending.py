"""Making a reserve last longer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.core.plans import Change, Money, Plan
from apps.events.operations import record
from apps.payouts import selectors
from apps.payouts.errors import ReserveEnded
from apps.payouts.locks import lock_reserve
from apps.payouts.models import Reserve, ReservePart
from apps.payouts.operations.reserves.words import end_of, facts_of


def plan_extend_reserve(*, reserve: Reserve, until: datetime, origin: Origin) -> Plan:
    """
    What `extend_reserve` would do.

    :raises ReserveEnded, ValidationFailed: as `extend_reserve`.
    """
    amount = sum(part.amount for part in _to_extend(reserve, until, origin))
    return Plan(
        title=f"{reserve} of {reserve.organization} lasts until {until:%d %b %Y}",
        changes=(Change(str(reserve), end_of(reserve), f"{until:%d %b %Y}"),),
        money=(Money("Kept longer", amount, reserve.currency),) if amount else (),
        events=("reserve.extended",),
    )


@transaction.atomic
def extend_reserve(
    *, reserve_id: UUID, until: datetime, agreed: str | None = None, origin: Origin
) -> Reserve:
    """
    Give back what a reserve keeps at `until` where that would be earlier. Records
    `reserve.extended`.

    :raises ReserveEnded: if it keeps nothing, and is no fixed one that will.
    :raises ValidationFailed: for a time that makes nothing later.
    :raises PlanChanged: if another plan was agreed to.
    """
    reserve = lock_reserve(reserve_id)
    plan_extend_reserve(reserve=reserve, until=until, origin=origin).require(agreed)
    parts = _to_extend(reserve, until, origin)
    ReservePart.objects.filter(pk__in=[part.pk for part in parts]).update(release_at=until)
    before = reserve.release_at
    if reserve.kind == Reserve.Kind.FIXED:
        reserve.release_at = until
    reserve.modified_at = origin.at
    reserve.save(update_fields=["release_at", "modified_at"])
    record(
        "reserve.extended",
        subject=reserve,
        organization_id=reserve.organization_id,
        origin=origin,
        changes={"release_at": (before.isoformat() if before else None, until.isoformat())},
        payload=facts_of(reserve) | {"extended_amount": sum(part.amount for part in parts)},
    )
    return reserve


def _to_extend(reserve: Reserve, until: datetime, origin: Origin) -> list[ReservePart]:
    is_fixed = reserve.kind == Reserve.Kind.FIXED
    parts = [
        part
        for part in selectors.kept_parts(reserve)
        if part.release_at is None or part.release_at < until
    ]
    if reserve.ended_at is not None and not selectors.kept_parts(reserve).exists():
        raise ReserveEnded
    is_later = is_fixed and (reserve.release_at is None or reserve.release_at < until)
    if until <= origin.at or not (parts or is_later):
        raise ValidationFailed.at("body", "until", msg="Nothing would be kept longer.")
    return parts
