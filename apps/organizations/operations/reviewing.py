"""Reviews: what sales bring about, and what staff decide."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization, OrganizationReview
from apps.organizations.operations.closing import require_reason
from apps.organizations.operations.moving import begin_review, move_organization
from apps.organizations.operations.planning import status_plan
from apps.organizations.operations.review_planning import (
    MIN_THRESHOLD,
    approval_plan,
    policy_plan,
    reactivation_plan,
    require_days,
    require_status,
    reset_plan,
    status_after_return,
)

Trigger = OrganizationReview.Trigger
SnoozeType = Organization.SnoozeType


@transaction.atomic
def note_sales(*, organization_id: UUID, total_balance: int, origin: Origin) -> Organization:
    """
    Keep what the sales of an organization have come to; at its threshold it comes under review.

    One that is snoozed until the next sale does so once its days are over. Only an active or such
    a snoozed one is moved, and none in the sandbox. `total_balance` in minor units of the
    settlement currency, read under the lock of the organization. The same again changes nothing.
    """
    organization = lock_organization(organization_id)
    is_more = total_balance > organization.total_balance
    organization.total_balance, organization.total_balance_at = total_balance, origin.at
    organization.save(update_fields=["total_balance", "total_balance_at"])
    if settings.SANDBOX:
        return organization
    if organization.status == "active" and total_balance >= organization.next_review_threshold:
        return move_organization(organization, "review", origin, trigger=Trigger.THRESHOLD)
    if is_more and _may_wake(organization, origin):
        return move_organization(organization, "review", origin, trigger=Trigger.SNOOZE_OVER)
    return organization


@transaction.atomic
def approve_organization(
    *,
    organization_id: UUID,
    next_review_threshold: int | None = None,
    agreed: str | None = None,
    origin: Origin,
) -> Organization:
    """
    An organization under review is active; its held payouts go on.

    The next review comes at `next_review_threshold`, or at twice the present threshold, at least
    100.00 (minor units of the settlement currency). `agreed` is the fingerprint of the plan that
    was shown (`plan_approve`), if one was.

    :raises WrongStatus: if it is not under review, as the second time.
    :raises ValidationFailed: for a threshold below zero.
    :raises PlanChanged: if another plan was agreed to.
    """
    organization = lock_organization(organization_id)
    if next_review_threshold is not None and next_review_threshold < 0:
        raise ValidationFailed.at("next_review_threshold", msg="Must not be negative.")
    approval_plan(organization, next_review_threshold, origin).require(agreed)
    move_organization(organization, "active", origin)
    after = (
        Greatest(F("next_review_threshold") * 2, Value(MIN_THRESHOLD))
        if next_review_threshold is None
        else Value(next_review_threshold)
    )
    # From what is there, not from what was read: two approvals never count one threshold twice.
    Organization.objects.filter(pk=organization_id).update(next_review_threshold=after)
    organization.refresh_from_db(fields=["next_review_threshold"])
    return organization


@transaction.atomic
def deny_organization(
    *, organization_id: UUID, policy_section: str, agreed: str | None = None, origin: Origin
) -> Organization:
    """
    The organization sells no more; what it is paid next is given back to its balance.

    :raises ValidationFailed: if the policy has no such section, or no reason is given.
    :raises InvalidTransition: if its status cannot become denied.
    :raises PlanChanged: if another plan was agreed to.
    """
    require_reason(origin)
    organization = lock_organization(organization_id)
    policy_plan(organization, "denied", policy_section, origin).require(agreed)
    return move_organization(organization, "denied", origin, policy_section=policy_section)


@transaction.atomic
def block_organization(
    *, organization_id: UUID, agreed: str | None = None, origin: Origin
) -> Organization:
    """
    The organization can do nothing any more.

    :raises ValidationFailed: if no reason is given.
    :raises InvalidTransition: if it is blocked.
    :raises PlanChanged: if another plan was agreed to.
    """
    require_reason(origin)
    organization = lock_organization(organization_id)
    status_plan(organization, "blocked", origin).require(agreed)
    return move_organization(organization, "blocked", origin)


@transaction.atomic
def snooze_organization(
    *, organization_id: UUID, days: int, snooze_type: str, origin: Origin
) -> Organization:
    """
    Put a review off for 1 to 7 days; it comes back by time, or with the first sale afterwards.

    :raises SnoozeOutOfBounds: for any other number of days.
    :raises WrongStatus: if it is not under review.
    :raises ValidationFailed: if there is no such type.
    """
    require_days(days)
    if snooze_type not in SnoozeType.values:
        raise ValidationFailed.at("snooze_type", msg="There is no such snooze.")
    organization = lock_organization(organization_id)
    require_status(organization, "review")
    until = origin.at + timedelta(days=days)
    return move_organization(organization, "snoozed", origin, snooze=(snooze_type, until))


@transaction.atomic
def end_snooze(*, organization_id: UUID, origin: Origin) -> Organization:
    """
    A snoozed review is due again, before its time.

    :raises WrongStatus: if it is not snoozed.
    """
    organization = lock_organization(organization_id)
    require_status(organization, "snoozed")
    return move_organization(organization, "review", origin, trigger=Trigger.SNOOZE_OVER)


@transaction.atomic
def end_due_snooze(*, organization_id: UUID, origin: Origin) -> bool:
    """Whether a snooze that ends by time was over and so ended; False the second time."""
    organization = lock_organization(organization_id)
    is_due = (
        organization.status == "snoozed"
        and organization.snooze_type == SnoozeType.TIME_BASED
        and _is_over(organization, origin)
    )
    if is_due:
        move_organization(organization, "review", origin, trigger=Trigger.SNOOZE_OVER)
    return is_due


@transaction.atomic
def escalate_organization(*, organization_id: UUID, origin: Origin) -> Organization:
    """
    Have an active organization, or one that is being offboarded, looked at.

    :raises WrongStatus: if it is neither.
    """
    organization = lock_organization(organization_id)
    require_status(organization, "active", "offboarding")
    return move_organization(organization, "review", origin, trigger=Trigger.STAFF)


@transaction.atomic
def flag_risk(*, organization_id: UUID, origin: Origin) -> bool:
    """
    The processor calls an organization risky: an active one comes under review, never more.

    Returns whether it did; False the second time.
    """
    organization = lock_organization(organization_id)
    if organization.status != "active":
        return False
    move_organization(organization, "review", origin, trigger=Trigger.RISK)
    return True


@transaction.atomic
def reset_onboarding(
    *, organization_id: UUID, agreed: str | None = None, origin: Origin
) -> Organization:
    """
    The organization has to start again: its review is retired, its held payouts are given back.

    :raises WrongStatus: unless it is active or under review.
    :raises PlanChanged: if another plan was agreed to.
    """
    organization = lock_organization(organization_id)
    reset_plan(organization, origin).require(agreed)
    if organization.status == "active":
        # Whoever passed once has to pass again.
        begin_review(organization, Trigger.STAFF, origin)
    organization.onboarding_resubmission_requested_at = origin.at
    organization.details_submitted_at = None
    organization.save(
        update_fields=["onboarding_resubmission_requested_at", "details_submitted_at"]
    )
    return move_organization(organization, "created", origin)


@transaction.atomic
def reactivate_organization(
    *,
    organization_id: UUID,
    agreed: str | None = None,
    origin: Origin,
) -> Organization:
    """
    Take back a denial or a block: active, or created while something is missing.

    The next review comes at the first threshold again; an appeal that waits is granted.

    :raises ValidationFailed: if no reason is given.
    :raises WrongStatus: if it is neither denied nor blocked.
    :raises PlanChanged: if another plan was agreed to.
    """
    require_reason(origin)
    organization = lock_organization(organization_id)
    reactivation_plan(organization, origin).require(agreed)
    return move_organization(organization, status_after_return(organization), origin)


def _may_wake(organization: Organization, origin: Origin) -> bool:
    return (
        organization.status == "snoozed"
        and organization.snooze_type == SnoozeType.NEXT_SALE
        and _is_over(organization, origin)
    )


def _is_over(organization: Organization, origin: Origin) -> bool:
    return organization.snoozed_until is not None and organization.snoozed_until <= origin.at
