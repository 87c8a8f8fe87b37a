"""Setting a reserve: its terms, and what it takes at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Change, Money, Plan
from apps.events.operations import record
from apps.ledger.selectors import planned_entries
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization
from apps.payouts import selectors
from apps.payouts.errors import ReserveAlreadySet
from apps.payouts.models import Reserve, ReservePart
from apps.payouts.operations.reserves.taking import part_draft, part_of, take_part
from apps.payouts.operations.reserves.words import end_of, facts_of

MAX_BPS: Final = 10_000
MAX_DAYS: Final = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveTerms:
    """
    What a reserve keeps: `bps` of each sale for `days` (rolling), or `amount` (fixed), in minor
    units of the settlement currency, until `release_at` or for good.
    """

    kind: str
    bps: int | None = None
    days: int | None = None
    amount: int | None = None
    release_at: datetime | None = None


def plan_set_reserve(*, organization: Organization, terms: ReserveTerms, origin: Origin) -> Plan:
    """
    What `set_reserve` would do.

    :raises ReserveAlreadySet, ValidationFailed: as `set_reserve`.
    """
    return _set_plan(organization, *_drafted(organization, terms, origin))


@transaction.atomic
def set_reserve(
    *, organization_id: UUID, terms: ReserveTerms, agreed: str | None = None, origin: Origin
) -> Reserve:
    """
    Keep a part of an organization's money back from now on.

    A fixed reserve takes what is available at once, up to its amount, and the rest of the sales to
    come. Records `reserve.set`.

    :raises ReserveAlreadySet: while one of the kind stands.
    :raises ValidationFailed: for terms that keep nothing, or an end that has passed.
    :raises PlanChanged: if another plan was agreed to.
    """
    organization = lock_organization(organization_id)
    reserve, part = _drafted(organization, terms, origin)
    _set_plan(organization, reserve, part).require(agreed)
    reserve.save(force_insert=True)
    if part is not None:
        take_part(reserve, part, origin)
    record(
        "reserve.set",
        subject=reserve,
        organization_id=organization_id,
        origin=origin,
        payload=facts_of(reserve) | {"taken_amount": part.amount if part else 0},
    )
    return reserve


def _drafted(
    organization: Organization, terms: ReserveTerms, origin: Origin
) -> tuple[Reserve, ReservePart | None]:
    """The reserve, and what it takes at once; neither is in the database."""
    _require_sound(terms, origin)
    currency = settings.SETTLEMENT_CURRENCY
    standing = selectors.standing_reserves(organization.pk)
    if any(one.kind == terms.kind and one.currency == currency for one in standing):
        raise ReserveAlreadySet
    is_rolling = terms.kind == Reserve.Kind.ROLLING
    reserve = Reserve(
        pk=new_id(),
        created_at=origin.at,
        organization=organization,
        kind=terms.kind,
        currency=currency,
        bps=terms.bps if is_rolling else None,
        days=terms.days if is_rolling else None,
        amount=None if is_rolling else terms.amount,
        release_at=None if is_rolling else terms.release_at,
        reason=origin.reason[:500],
        set_by=origin.actor_label or str(origin.actor),
    )
    if is_rolling:
        return reserve, None
    available = selectors.money_of(organization.pk, at=origin.at).available_amount
    first = min(reserve.amount or 0, available)
    if first <= 0:
        return reserve, None
    return reserve, part_of(reserve, "balance", first, None, origin)


def _require_sound(terms: ReserveTerms, origin: Origin) -> None:
    if terms.kind not in Reserve.Kind.values:
        raise ValidationFailed.at("body", "kind", msg="There is no such reserve.")
    if terms.kind == Reserve.Kind.ROLLING:
        if not 0 < (terms.bps or 0) <= MAX_BPS:
            raise ValidationFailed.at("body", "bps", msg="Give a share above 0, up to 100 %.")
        if not 0 < (terms.days or 0) <= MAX_DAYS:
            raise ValidationFailed.at("body", "days", msg=f"Give 1 to {MAX_DAYS} days.")
    elif (terms.amount or 0) <= 0:
        raise ValidationFailed.at("body", "amount", msg="Give an amount above nothing.")
    elif terms.release_at is not None and terms.release_at <= origin.at:
        raise ValidationFailed.at("body", "release_at", msg="This time has passed.")


def _set_plan(organization: Organization, reserve: Reserve, part: ReservePart | None) -> Plan:
    amount = format_amount(reserve.amount or 0, reserve.currency)
    if reserve.kind == Reserve.Kind.ROLLING:
        effects = [
            f"{(reserve.bps or 0) / 100:g} % of each sale is kept for {reserve.days} days, "
            "from now on."
        ]
    else:
        effects = [f"{amount} is kept {end_of(reserve)}."]
        missing = (reserve.amount or 0) - (part.amount if part else 0)
        if missing:
            effects.append(
                f"{format_amount(missing, reserve.currency)} of it is taken of the next sales."
            )
    lines = planned_entries([part_draft(reserve, part, part.taken_at)] if part else [])
    return Plan(
        title=f"A reserve is kept of {organization}",
        changes=(Change(str(reserve), "", "kept"),),
        effects=tuple(effects),
        money=(Money("Reserved at once", part.amount, reserve.currency),) if part else (),
        events=("reserve.set",),
    ).joined([lines])
