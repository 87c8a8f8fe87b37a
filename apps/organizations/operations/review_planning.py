"""What would follow from a decision about a merchant; nothing here writes."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings

from apps.core.errors import ValidationFailed
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.organizations.errors import NoPendingAppeal, SnoozeOutOfBounds, WrongStatus
from apps.organizations.models import Organization, OrganizationReview
from apps.organizations.models.organizations import FIRST_THRESHOLD
from apps.organizations.onboarding import missing_steps
from apps.organizations.operations.planning import status_plan
from apps.organizations.policies import POLICY_SECTIONS
from apps.organizations.selectors import latest_review, living_organization, open_review

MIN_THRESHOLD: Final = 10_000
SNOOZE_MAX_DAYS: Final = 7
UNDER_REVIEW: Final = ("review", "snoozed")
SHUT: Final = ("denied", "blocked")


def plan_approve(
    *, organization_id: UUID, next_review_threshold: int | None, origin: Origin
) -> Plan:
    """
    What an approval gives, and when the next review comes.

    :raises WrongStatus: if it is not under review.
    """
    organization = living_organization(organization_id)
    return approval_plan(organization, next_review_threshold, origin)


def plan_deny(*, organization_id: UUID, policy_section: str, origin: Origin) -> Plan:
    """
    What a denial takes.

    :raises InvalidTransition: if its status cannot become denied.
    :raises ValidationFailed: if there is no such section.
    """
    return policy_plan(living_organization(organization_id), "denied", policy_section, origin)


def plan_block(*, organization_id: UUID, origin: Origin) -> Plan:
    """
    What a block takes.

    :raises InvalidTransition: if it is blocked.
    """
    return status_plan(living_organization(organization_id), "blocked", origin)


def plan_start_offboarding(*, organization_id: UUID, policy_section: str, origin: Origin) -> Plan:
    """
    What offboarding takes at once; sales go on until it is complete.

    :raises InvalidTransition: unless it is under review or denied.
    :raises ValidationFailed: if there is no such section.
    """
    organization = living_organization(organization_id)
    return policy_plan(organization, "offboarding", policy_section, origin)


def plan_reset_onboarding(*, organization_id: UUID, origin: Origin) -> Plan:
    """
    What starting again takes.

    :raises WrongStatus: unless it is active or under review.
    """
    return reset_plan(living_organization(organization_id), origin)


def plan_reactivate(*, organization_id: UUID, origin: Origin) -> Plan:
    """
    Where a denied or blocked merchant comes back to.

    :raises WrongStatus: if it is neither.
    """
    return reactivation_plan(living_organization(organization_id), origin)


def plan_approve_appeal(*, organization_id: UUID, origin: Origin) -> Plan:
    """
    What a granted appeal gives.

    :raises NoPendingAppeal: if none waits.
    """
    return appeal_plan(living_organization(organization_id), origin)


def approval_plan(organization: Organization, threshold: int | None, origin: Origin) -> Plan:
    """The plan for an organization as it was read, or locked."""
    require_status(organization, *UNDER_REVIEW)
    after = next_threshold(organization) if threshold is None else threshold
    change = Change(
        "Next review at sales of", _settled(organization.next_review_threshold), _settled(after)
    )
    return status_plan(organization, "active", origin).joined([Plan(changes=(change,))])


def policy_plan(organization: Organization, to: str, policy_section: str, origin: Origin) -> Plan:
    """The plan for an organization as it was read, or locked."""
    require_section(policy_section)
    return status_plan(organization, to, origin)


def reset_plan(organization: Organization, origin: Origin) -> Plan:
    """The plan for an organization as it was read, or locked."""
    require_status(organization, "active", *UNDER_REVIEW)
    effect = "It has to tell its details again, and to be reviewed."
    return status_plan(organization, "created", origin).joined([Plan(effects=(effect,))])


def reactivation_plan(organization: Organization, origin: Origin) -> Plan:
    """The plan for an organization as it was read, or locked."""
    require_status(organization, *SHUT)
    return _return_plan(organization, origin)


def appeal_plan(organization: Organization, origin: Origin) -> Plan:
    """The plan for an organization as it was read, or locked."""
    pending_appeal(organization)
    require_status(organization, *SHUT)
    return _return_plan(organization, origin)


def status_after_return(organization: Organization) -> str:
    """Active if nothing is missing, else created."""
    return "created" if missing_steps(organization) else "active"


def next_threshold(organization: Organization) -> int:
    """Twice the present one, at least the minimum."""
    return max(2 * organization.next_review_threshold, MIN_THRESHOLD)


def pending_appeal(organization: Organization) -> OrganizationReview:
    """
    The review whose appeal waits.

    :raises NoPendingAppeal: if none does.
    """
    review = latest_review(organization)
    if review is None or not review.has_pending_appeal:
        raise NoPendingAppeal
    return review


def require_status(organization: Organization, *statuses: str) -> None:
    """
    Pass if it is in one of them.

    :raises WrongStatus: otherwise.
    """
    if organization.status not in statuses:
        known = " or ".join(statuses)
        raise WrongStatus(f"{organization} is {organization.status}, not {known}.")


def require_section(policy_section: str) -> None:
    """
    Pass if the policy has such a section.

    :raises ValidationFailed: otherwise.
    """
    if policy_section not in POLICY_SECTIONS:
        raise ValidationFailed.at("policy_section", msg="The policy has no such section.")


def require_days(days: int) -> None:
    """
    Pass for a snooze of 1 to 7 days.

    :raises SnoozeOutOfBounds: otherwise.
    """
    if not 1 <= days <= SNOOZE_MAX_DAYS:
        raise SnoozeOutOfBounds


def require_open_review(organization: Organization) -> OrganizationReview:
    """
    The review that waits for a decision.

    :raises WrongStatus: if none does.
    """
    found = open_review(organization)
    if found is None:
        raise WrongStatus(f"No review of {organization} is open.")
    return found


def _return_plan(organization: Organization, origin: Origin) -> Plan:
    to = status_after_return(organization)
    lines = [
        f"Missing: {one.title}." if not one.note else f"Missing: {one.title} ({one.note})"
        for one in missing_steps(organization)
    ]
    effects = (
        *lines,
        *(("It becomes active by itself once nothing is missing.",) if lines else ()),
        f"The next review comes at {_settled(FIRST_THRESHOLD)} of sales, as for a new merchant.",
    )
    return status_plan(organization, to, origin).joined([Plan(effects=effects)])


def _settled(amount: int) -> str:
    return format_amount(amount, settings.SETTLEMENT_CURRENCY)
