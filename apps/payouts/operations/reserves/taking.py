"""What reserves take: of the balance when they are set, and of sales."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from apps.core.money import basis_points
from apps.core.origin import Origin
from apps.ledger.books import Draft
from apps.ledger.keeping import KeptPart, reserve_draft
from apps.ledger.operations import post_kept
from apps.payouts import selectors
from apps.payouts.locks import lock_reserve
from apps.payouts.models import Reserve, ReservePart


@transaction.atomic(savepoint=False)
def reserve_of_sale(
    *,
    organization_id: UUID,
    cause: str,
    amount: int,
    currency: str,
    available_at: datetime,
    origin: Origin,
) -> int:
    """
    Keep what the organization's reserves take of a sale of `amount`; how much that is.

    `cause` names the sale: the second time takes nothing. A rolling reserve makes nobody wait; a
    fixed one is filled by one sale after the other.
    """
    taken = 0
    for reserve in selectors.standing_reserves(organization_id):
        if reserve.currency != currency:
            continue
        share = _share(reserve, amount, amount - taken, origin.at)
        if share <= 0:
            continue
        part = part_of(reserve, cause, share, available_at, origin)
        if take_part(reserve, part, origin):
            taken += share
    return taken


def part_of(
    reserve: Reserve, cause: str, amount: int, available_at: datetime | None, origin: Origin
) -> ReservePart:
    """A part as the terms of its reserve have it, not saved."""
    is_rolling = reserve.kind == Reserve.Kind.ROLLING
    return ReservePart(
        organization_id=reserve.organization_id,
        reserve=reserve,
        cause=cause,
        amount=amount,
        taken_at=origin.at,
        available_at=available_at,
        release_at=_midnight_after(origin.at, reserve.days or 0)
        if is_rolling
        else reserve.release_at,
    )


def take_part(reserve: Reserve, part: ReservePart, origin: Origin) -> bool:
    """Keep and book a part; nothing where it is kept already."""
    if ReservePart.objects.filter(reserve=reserve, cause=part.cause).exists():
        return False
    part.save(force_insert=True)
    post_kept(draft=part_draft(reserve, part, origin.at))
    return True


def part_draft(reserve: Reserve, part: ReservePart, at: datetime) -> Draft:
    """The entry by which a part leaves the balance."""
    return reserve_draft(
        KeptPart(f"{reserve.pk}:{part.cause}", part.amount, part.available_at),
        organization_id=reserve.organization_id,
        currency=reserve.currency,
        reserve_id=reserve.pk,
        at=at,
    )


def _share(reserve: Reserve, amount: int, left: int, at: datetime) -> int:
    if reserve.kind == Reserve.Kind.ROLLING:
        return min(left, basis_points(amount, reserve.bps or 0))
    if selectors.kept_amount(reserve) >= (reserve.amount or 0):
        return 0
    # Sales of one merchant meet here only until it is full.
    locked = lock_reserve(reserve.pk)
    if locked.ended_at is not None:
        return 0
    missing = (reserve.amount or 0) - selectors.kept_amount(reserve)
    # The fees of the sale are not to leave a debt.
    balance = selectors.money_of(reserve.organization_id, at=at).balance_amount
    return min(left, missing, balance)


def _midnight_after(at: datetime, days: int) -> datetime:
    """The first midnight UTC once `days` have passed: the sales of a day go back together."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=days + (at > day))
