"""Giving back what a reserve keeps: when staff say so, and on its days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.core.plans import Change, Money, Plan
from apps.events.operations import record
from apps.ledger.books import Draft
from apps.ledger.keeping import KeptPart, reserve_release_draft
from apps.ledger.operations import post_kept
from apps.ledger.selectors import planned_entries
from apps.payouts import selectors
from apps.payouts.errors import ReserveEnded
from apps.payouts.locks import lock_reserve
from apps.payouts.models import Reserve, ReservePart
from apps.payouts.operations.reserves.words import facts_of


def plan_release_reserve(*, reserve: Reserve, keeps_dates: bool = False, origin: Origin) -> Plan:
    """
    What `release_reserve` would do.

    :raises ReserveEnded, ValidationFailed: as `release_reserve`.
    """
    return _release_plan(reserve, _to_release(reserve, keeps_dates), keeps_dates, origin)


@transaction.atomic
def release_reserve(
    *, reserve_id: UUID, keeps_dates: bool = False, agreed: str | None = None, origin: Origin
) -> Reserve:
    """
    End a reserve and give back what it keeps: at once, or on its days with `keeps_dates`.

    What is of a sale that has not matured goes back, but matures with it. Records
    `reserve.released`.

    :raises ReserveEnded: if it takes nothing and keeps nothing.
    :raises ValidationFailed: with `keeps_dates` for a fixed one, which has no days.
    :raises PlanChanged: if another plan was agreed to.
    """
    reserve = lock_reserve(reserve_id)
    parts = _to_release(reserve, keeps_dates)
    _release_plan(reserve, parts, keeps_dates, origin).require(agreed)
    _end(reserve, origin)
    _give_back(reserve, parts, origin)
    return reserve


@transaction.atomic
def release_due_reserve(*, reserve_id: UUID, origin: Origin) -> int:
    """Give back what is due of a reserve by `origin.at`, and how much; 0 the second time."""
    reserve = lock_reserve(reserve_id)
    is_over = reserve.release_at is not None and reserve.release_at <= origin.at
    parts = list(selectors.kept_parts(reserve, due_at=None if is_over else origin.at))
    if is_over and reserve.ended_at is None:
        _end(reserve, origin)
    elif not parts:
        return 0
    _give_back(reserve, parts, origin)
    return sum(part.amount for part in parts)


def _to_release(reserve: Reserve, keeps_dates: bool) -> list[ReservePart]:
    parts = list(selectors.kept_parts(reserve))
    if reserve.ended_at is not None and (keeps_dates or not parts):
        raise ReserveEnded
    if keeps_dates and reserve.kind == Reserve.Kind.FIXED:
        raise ValidationFailed.at(
            "body", "keeps_dates", msg="A fixed reserve is given back as a whole."
        )
    return [] if keeps_dates else parts


def _end(reserve: Reserve, origin: Origin) -> None:
    if reserve.ended_at is None:
        reserve.ended_at = reserve.modified_at = origin.at
        reserve.save(update_fields=["ended_at", "modified_at"])


def _give_back(reserve: Reserve, parts: Sequence[ReservePart], origin: Origin) -> None:
    if parts:
        post_kept(draft=_release_draft(reserve, parts, origin.at))
        ReservePart.objects.filter(pk__in=[part.pk for part in parts]).update(released_at=origin.at)
    record(
        "reserve.released",
        subject=reserve,
        organization_id=reserve.organization_id,
        origin=origin,
        payload=facts_of(reserve) | {"released_amount": sum(part.amount for part in parts)},
    )


def _release_draft(reserve: Reserve, parts: Sequence[ReservePart], at: datetime) -> Draft:
    return reserve_release_draft(
        [KeptPart(str(part.pk), part.amount, part.available_at) for part in parts],
        organization_id=reserve.organization_id,
        currency=reserve.currency,
        reserve_id=reserve.pk,
        at=at,
    )


def _release_plan(
    reserve: Reserve, parts: Sequence[ReservePart], keeps_dates: bool, origin: Origin
) -> Plan:
    amount = sum(part.amount for part in parts)
    effects = ["It takes nothing of the next sales."] if reserve.ended_at is None else []
    if keeps_dates:
        effects.append("What it keeps goes back on its days.")
    elif parts:
        effects.append("What is of a sale that has not matured is paid out no earlier than that.")
    lines = planned_entries([_release_draft(reserve, parts, origin.at)] if parts else [])
    return Plan(
        title=f"{reserve} of {reserve.organization} ends",
        changes=(Change(str(reserve), "kept", "ended"),) if reserve.ended_at is None else (),
        effects=tuple(effects),
        money=(Money("Given back", amount, reserve.currency),) if amount else (),
        events=("reserve.released",),
    ).joined([lines])
