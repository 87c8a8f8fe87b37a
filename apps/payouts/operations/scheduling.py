"""Payouts that nobody has to ask for."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import DomainError, ValidationFailed
from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.events.operations import record
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization
from apps.payouts.calendar import next_payout_at
from apps.payouts.locks import lock_profile
from apps.payouts.models import Payout, PayoutProfile
from apps.payouts.operations.accounts import open_profile
from apps.payouts.operations.requesting import request_payout
from apps.payouts.selectors import profile_of


def plan_set_payout_schedule(*, organization: Organization, schedule: str, origin: Origin) -> Plan:
    """
    What `set_payout_schedule` would do.

    :raises ValidationFailed: as `set_payout_schedule`.
    """
    if schedule not in PayoutProfile.Schedule.values:
        raise ValidationFailed.at("body", "schedule", msg="There is no such schedule.")
    off = PayoutProfile.Schedule.OFF.value
    profile = profile_of(organization.pk)
    before = profile.schedule if profile else off
    title = f"{organization} is paid out {schedule if schedule != off else 'when it is asked for'}"
    if before == schedule:
        return Plan(title=title)
    at = next_payout_at(schedule, after=origin.at)
    return Plan(
        title=title,
        changes=(Change("Payout schedule", before, schedule),),
        effects=(f"The next payout is on {at:%d %b %Y}.",) if at else (),
        loosens=("It is paid out without anybody asking for it.",) if before == off else (),
        events=("organization.payout_schedule_changed",),
    )


@transaction.atomic
def set_payout_schedule(
    *, organization_id: UUID, schedule: str, agreed: str | None = None, origin: Origin
) -> PayoutProfile:
    """
    Pay an organization out by a schedule from now on, or only when asked (`off`).

    The same schedule again keeps its next date.

    :raises ValidationFailed: for a schedule that does not exist.
    :raises PlanChanged: if another plan was agreed to.
    """
    organization = lock_organization(organization_id)
    plan_set_payout_schedule(organization=organization, schedule=schedule, origin=origin).require(
        agreed
    )
    profile = open_profile(organization, origin)
    before = profile.schedule
    if schedule == before:
        return profile
    profile.schedule = schedule
    profile.next_payout_at = next_payout_at(schedule, after=origin.at)
    profile.modified_at = origin.at
    profile.save()
    record(
        "organization.payout_schedule_changed",
        subject=organization,
        organization_id=organization_id,
        origin=origin,
        changes={"payout_schedule": (before, schedule)},
    )
    return profile


@transaction.atomic
def run_payout_schedule(*, organization_id: UUID, origin: Origin) -> Payout | None:
    """
    Make the scheduled payout of an organization if it is due, and set the date of the next.

    What refuses it (too little, no account, a payout today) is recorded as `payout.skipped`; the
    next date tries again. The second time does nothing.
    """
    lock_organization(organization_id)
    profile = lock_profile(organization_id)
    if profile is None or profile.next_payout_at is None or profile.next_payout_at > origin.at:
        return None
    profile.next_payout_at = next_payout_at(profile.schedule, after=origin.at)
    profile.modified_at = origin.at
    profile.save(update_fields=["next_payout_at", "modified_at"])
    try:
        with transaction.atomic():
            return request_payout(
                organization_id=organization_id, trigger=Payout.Trigger.SCHEDULE, origin=origin
            )
    except DomainError as error:
        record(
            "payout.skipped",
            subject=profile.organization,
            organization_id=organization_id,
            origin=origin,
            payload={"error": error.code, "detail": error.detail, "schedule": profile.schedule},
        )
        return None
