"""Onboarding and appeals: what merchants ask for, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.events.operations import record
from apps.organizations.errors import AppealRefused, OnboardingIncomplete
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization, OrganizationReview
from apps.organizations.onboarding import missing_steps
from apps.organizations.operations.lifecycle import update_organization
from apps.organizations.operations.moving import (
    begin_review,
    decide_appeal,
    decide_review,
    move_organization,
)
from apps.organizations.operations.review_planning import (
    appeal_plan,
    pending_appeal,
    require_open_review,
    require_section,
    require_status,
    status_after_return,
)
from apps.organizations.selectors import is_passed, latest_review

AppealDecision = OrganizationReview.AppealDecision
Verdict = OrganizationReview.Verdict
APPEAL_LENGTH = 5000


@transaction.atomic
def submit_onboarding(
    *, organization_id: UUID, details: Mapping[str, Any] | None = None, origin: Origin
) -> OrganizationReview:
    """
    The review that a new merchant asks for; asked again, the one that is open.

    `details` is what it tells of its business now; None leaves what it told before.

    :raises WrongStatus: unless it is created.
    :raises OnboardingIncomplete: while a step of the checklist is not done.
    """
    require_status(lock_organization(organization_id), "created")
    if details is not None:
        update_organization(
            organization_id=organization_id, changes={"details": dict(details)}, origin=origin
        )
    organization = lock_organization(organization_id)
    missing = missing_steps(organization)
    if missing:
        raise OnboardingIncomplete(f"Missing: {', '.join(one.title for one in missing)}.")
    if organization.details_submitted_at is None:
        organization.details_submitted_at = organization.modified_at = origin.at
        organization.onboarding_resubmission_requested_at = None
        organization.save(
            update_fields=[
                "details_submitted_at",
                "onboarding_resubmission_requested_at",
                "modified_at",
            ]
        )
    return begin_review(organization, OrganizationReview.Trigger.SUBMISSION, origin)


@transaction.atomic
def pass_submission(*, organization_id: UUID, origin: Origin) -> Organization:
    """
    The first review is passed: the organization sells as soon as nothing is missing, maybe now.

    :raises WrongStatus: unless it is created and its review is open.
    """
    organization = lock_organization(organization_id)
    require_status(organization, "created")
    decide_review(require_open_review(organization), Verdict.PASS, origin)
    activate_if_ready(organization_id=organization_id, origin=origin)
    organization.refresh_from_db()
    return organization


@transaction.atomic
def activate_if_ready(*, organization_id: UUID, origin: Origin) -> bool:
    """
    Whether a new organization became active: passed, its details told, and nothing missing.

    Its first threshold stays. False the second time.
    """
    organization = lock_organization(organization_id)
    is_ready = (
        organization.status == "created"
        and organization.details_submitted_at is not None
        and is_passed(organization)
        and not missing_steps(organization)
    )
    if is_ready:
        move_organization(organization, "active", origin)
    return is_ready


@transaction.atomic
def submit_appeal(*, organization_id: UUID, text: str, origin: Origin) -> OrganizationReview:
    """
    The review with what the merchant says against it; once per review.

    :raises AppealRefused: if its last review was not failed, or was appealed before.
    :raises ValidationFailed: for an appeal without words, or with too many.
    """
    words = text.strip()
    if not 0 < len(words) <= APPEAL_LENGTH:
        raise ValidationFailed.at("body", "text", msg=f"Say it in 1 to {APPEAL_LENGTH} characters.")
    organization = lock_organization(organization_id)
    review = latest_review(organization)
    if review is None or review.verdict != Verdict.FAIL:
        raise AppealRefused
    if review.appeal_submitted_at is not None:
        raise AppealRefused("This decision was appealed before.")
    review.appeal_reason = words
    review.appeal_submitted_at = review.modified_at = origin.at
    review.save(update_fields=["appeal_reason", "appeal_submitted_at", "modified_at"])
    record(
        "organization.appeal_submitted",
        subject=organization,
        organization_id=organization_id,
        origin=origin,
        payload={"review_id": str(review.pk)},
    )
    return review


@transaction.atomic
def approve_appeal(
    *, organization_id: UUID, reply: str = "", agreed: str | None = None, origin: Origin
) -> Organization:
    """
    Grant a pending appeal: the organization is active, or created while something is missing.

    `reply` is what the merchant is told.

    :raises NoPendingAppeal: if none waits, as the second time.
    :raises PlanChanged: if another plan was agreed to.
    """
    organization = lock_organization(organization_id)
    appeal_plan(organization, origin).require(agreed)
    to = status_after_return(organization)
    return move_organization(organization, to, origin, reply=reply)


@transaction.atomic
def deny_appeal(
    *, organization_id: UUID, policy_section: str, reply: str = "", origin: Origin
) -> OrganizationReview:
    """
    The review whose pending appeal is rejected; its status stays, and it is not appealed again.

    :raises NoPendingAppeal: if none waits, as the second time.
    :raises ValidationFailed: if the policy has no such section.
    """
    require_section(policy_section)
    organization = lock_organization(organization_id)
    review = pending_appeal(organization)
    review.policy_section = policy_section
    decide_appeal(review, AppealDecision.REJECTED, origin, reply=reply)
    return review
