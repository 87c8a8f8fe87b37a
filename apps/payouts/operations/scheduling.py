"""Payouts that nobody has to ask for."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import DomainError, ValidationFailed
from apps.core.origin import Origin
from apps.events.operations import record
from apps.organizations.locks import lock_organization
from apps.payouts.calendar import next_payout_at
from apps.payouts.locks import lock_profile
from apps.payouts.models import Payout, PayoutProfile
from apps.payouts.operations.accounts import open_profile
from apps.payouts.operations.requesting import request_payout


@transaction.atomic
def set_payout_schedule(*, organization_id: UUID, schedule: str, origin: Origin) -> PayoutProfile:
    """
    Pay an organization out by a schedule from now on, or only when asked (`off`).

    The same schedule again keeps its next date.

    :raises ValidationFailed: for a schedule that does not exist.
    """
    if schedule not in PayoutProfile.Schedule.values:
        raise ValidationFailed.at("body", "schedule", msg="There is no such schedule.")
    organization = lock_organization(organization_id)
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
