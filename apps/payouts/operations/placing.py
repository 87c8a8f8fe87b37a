"""Holds: an amount of a balance that staff keep from being paid out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.events.operations import record
from apps.ledger.books import Draft
from apps.ledger.keeping import hold_draft, hold_release_draft
from apps.ledger.operations import post_kept
from apps.ledger.selectors import planned_entries
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization
from apps.payouts import selectors
from apps.payouts.errors import HoldReleased, HoldTooLarge
from apps.payouts.locks import lock_hold
from apps.payouts.models import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldTerms:
    """`amount` in minor units of the settlement currency, until `release_at` or until released."""

    amount: int
    release_at: datetime | None = None


def plan_place_hold(*, organization: Organization, terms: HoldTerms, origin: Origin) -> Plan:
    """
    What `place_hold` would do.

    :raises HoldTooLarge, ValidationFailed: as `place_hold`.
    """
    return _place_plan(_drafted(organization, terms, origin), origin)


@transaction.atomic
def place_hold(
    *, organization_id: UUID, terms: HoldTerms, agreed: str | None = None, origin: Origin
) -> Hold:
    """
    Keep an amount of an organization's balance from being paid out, for the reason given.

    It may be more than is available now: then what matures next fills it. Records `hold.placed`.

    :raises HoldTooLarge: for more than the whole balance.
    :raises ValidationFailed: for nothing, without a reason, or until a time that has passed.
    :raises PlanChanged: if another plan was agreed to.
    """
    # One hold after the other, or two would hold the same money.
    organization = lock_organization(organization_id)
    hold = _drafted(organization, terms, origin)
    _place_plan(hold, origin).require(agreed)
    hold.save(force_insert=True)
    post_kept(draft=_draft(hold, origin.at))
    _tell("hold.placed", hold, origin)
    return hold


def plan_release_hold(*, hold: Hold, origin: Origin) -> Plan:
    """
    What `release_hold` would do.

    :raises HoldReleased: the second time.
    """
    _require_standing(hold)
    amount = format_amount(hold.amount, hold.currency)
    return Plan(
        title=f"{amount} of {hold.organization} is released",
        changes=(Change(str(hold), "held", "released"),),
        effects=("It can be paid out again at once.",),
        events=("hold.released",),
    ).joined([planned_entries([_release_draft(hold, origin.at)])])


@transaction.atomic
def release_hold(*, hold_id: UUID, agreed: str | None = None, origin: Origin) -> Hold:
    """
    Give a held amount back to the balance, available at once. Records `hold.released`.

    :raises HoldReleased: the second time.
    :raises PlanChanged: if another plan was agreed to.
    """
    hold = lock_hold(hold_id)
    plan_release_hold(hold=hold, origin=origin).require(agreed)
    return _release(hold, origin)


@transaction.atomic
def release_due_hold(*, hold_id: UUID, origin: Origin) -> Hold:
    """Release a hold whose time is over; nothing before that, and nothing the second time."""
    hold = lock_hold(hold_id)
    if hold.released_at is not None or hold.release_at is None or hold.release_at > origin.at:
        return hold
    return _release(hold, origin)


def plan_extend_hold(*, hold: Hold, until: datetime, origin: Origin) -> Plan:
    """
    What `extend_hold` would do.

    :raises HoldReleased, ValidationFailed: as `extend_hold`.
    """
    _require_standing(hold)
    if until <= origin.at or (hold.release_at is not None and until <= hold.release_at):
        raise ValidationFailed.at("body", "until", msg="It is held longer than that already.")
    before = f"{hold.release_at:%d %b %Y}" if hold.release_at else "until released"
    return Plan(
        title=f"{format_amount(hold.amount, hold.currency)} is held until {until:%d %b %Y}",
        changes=(Change(str(hold), before, f"{until:%d %b %Y}"),),
        events=("hold.extended",),
    )


@transaction.atomic
def extend_hold(
    *, hold_id: UUID, until: datetime, agreed: str | None = None, origin: Origin
) -> Hold:
    """
    Hold an amount until a later time. Records `hold.extended`.

    One that was held until somebody releases it gets an end.

    :raises HoldReleased: if it is held no more.
    :raises ValidationFailed: for a time that is no later.
    :raises PlanChanged: if another plan was agreed to.
    """
    hold = lock_hold(hold_id)
    plan_extend_hold(hold=hold, until=until, origin=origin).require(agreed)
    before = hold.release_at
    hold.release_at, hold.modified_at = until, origin.at
    hold.save(update_fields=["release_at", "modified_at"])
    _tell(
        "hold.extended",
        hold,
        origin,
        release_at=(before.isoformat() if before else None, until.isoformat()),
    )
    return hold


def _drafted(organization: Organization, terms: HoldTerms, origin: Origin) -> Hold:
    currency = settings.SETTLEMENT_CURRENCY
    if terms.amount <= 0:
        raise ValidationFailed.at("body", "amount", msg="Give an amount above nothing.")
    if terms.release_at is not None and terms.release_at <= origin.at:
        raise ValidationFailed.at("body", "release_at", msg="This time has passed.")
    balance = selectors.money_of(organization.pk, at=origin.at).balance_amount
    if terms.amount > balance:
        raise HoldTooLarge(f"The balance is {format_amount(balance, currency)}.")
    return Hold(
        pk=new_id(),
        created_at=origin.at,
        organization=organization,
        amount=terms.amount,
        currency=currency,
        reason=origin.reason[:500],
        placed_by=origin.actor_label or str(origin.actor),
        release_at=terms.release_at,
    )


def _place_plan(hold: Hold, origin: Origin) -> Plan:
    until = f"until {hold.release_at:%d %b %Y}" if hold.release_at else "until it is released"
    amount = format_amount(hold.amount, hold.currency)
    return Plan(
        title=f"{amount} of {hold.organization} is held",
        # Without its id, which the next look would not have.
        changes=(Change("Hold", "", "held"),),
        effects=(f"It is not paid out {until}.",),
        events=("hold.placed",),
    ).joined([planned_entries([_draft(hold, origin.at)])])


def _require_standing(hold: Hold) -> None:
    if hold.released_at is not None:
        raise HoldReleased


def _release(hold: Hold, origin: Origin) -> Hold:
    post_kept(draft=_release_draft(hold, origin.at))
    hold.released_at = hold.modified_at = origin.at
    hold.released_by = origin.actor_label or str(origin.actor)
    hold.save(update_fields=["released_at", "released_by", "modified_at"])
    _tell("hold.released", hold, origin)
    return hold


def _draft(hold: Hold, at: datetime) -> Draft:
    return hold_draft(
        hold.pk,
        organization_id=hold.organization_id,
        currency=hold.currency,
        amount=hold.amount,
        at=at,
    )


def _release_draft(hold: Hold, at: datetime) -> Draft:
    return hold_release_draft(
        hold.pk,
        organization_id=hold.organization_id,
        currency=hold.currency,
        amount=hold.amount,
        at=at,
    )


def _tell(event: str, hold: Hold, origin: Origin, **changes: tuple[object, object]) -> None:
    record(
        event,
        subject=hold,
        organization_id=hold.organization_id,
        origin=origin,
        changes=changes,
        payload={"amount": hold.amount, "currency": hold.currency, "reason": hold.reason},
    )
