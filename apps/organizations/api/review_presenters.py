"""What a merchant is told of its onboarding, its review and its appeal."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from apps.organizations.models import Organization, OrganizationReview
from apps.organizations.onboarding import steps_of
from apps.organizations.policies import POLICY_SECTIONS
from apps.organizations.selectors import latest_review


class StepBody(TypedDict):
    """One line of the checklist."""

    name: str
    title: str
    is_done: bool
    is_required: bool
    note: str


class AppealBody(TypedDict):
    """What the merchant said against a decision, and the answer."""

    submitted_at: datetime
    text: str
    decision: str | None
    decided_at: datetime | None
    reply: str | None


class ReviewBody(TypedDict):
    """The last look at the merchant; why staff decided so is not in it."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    verdict: str | None
    decided_at: datetime | None
    policy_section: str | None
    policy: str | None
    can_appeal: bool
    appeal: AppealBody | None


class OnboardingBody(TypedDict):
    """How far the merchant is, and whether it can ask for its review."""

    organization_id: UUID
    status: str
    details: dict[str, Any] | None
    details_submitted_at: datetime | None
    resubmission_requested_at: datetime | None
    steps: list[StepBody]
    can_submit: bool
    review: ReviewBody | None


def present_onboarding(organization: Organization) -> OnboardingBody:
    """The checklist as it stands, and the last review."""
    steps = steps_of(organization)
    review = latest_review(organization)
    is_waiting = review is not None and review.is_open
    return {
        "organization_id": organization.pk,
        "status": organization.status,
        "details": organization.details,
        "details_submitted_at": organization.details_submitted_at,
        "resubmission_requested_at": organization.onboarding_resubmission_requested_at,
        "steps": [
            {
                "name": one.name,
                "title": one.title,
                "is_done": one.is_done,
                "is_required": one.is_required,
                "note": one.note,
            }
            for one in steps
        ],
        "can_submit": organization.status == Organization.Status.CREATED
        and not is_waiting
        and all(one.is_done for one in steps if one.is_required),
        "review": present_review(review) if review is not None else None,
    }


def present_review(review: OrganizationReview) -> ReviewBody:
    """A review as its merchant may see it."""
    is_failed = review.verdict == OrganizationReview.Verdict.FAIL
    return {
        "id": review.pk,
        "created_at": review.created_at,
        "modified_at": review.modified_at,
        "verdict": review.verdict,
        "decided_at": review.decided_at,
        "policy_section": review.policy_section or None,
        "policy": POLICY_SECTIONS.get(review.policy_section),
        "can_appeal": is_failed and review.appeal_submitted_at is None,
        "appeal": present_appeal(review),
    }


def present_appeal(review: OrganizationReview) -> AppealBody | None:
    """The appeal against a review; None if there is none."""
    if review.appeal_submitted_at is None:
        return None
    return {
        "submitted_at": review.appeal_submitted_at,
        "text": review.appeal_reason,
        "decision": review.appeal_decision,
        "decided_at": review.appeal_decided_at,
        "reply": review.appeal_reply or None,
    }
