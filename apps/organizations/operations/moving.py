"""The move of an organization to another status, with everything that depends on it."""

from __future__ import annotations

from typing import Any, Final

from apps.core.origin import Origin
from apps.events.operations import record
from apps.organizations.models import Organization, OrganizationReview
from apps.organizations.models.organizations import FIRST_THRESHOLD
from apps.organizations.selectors import latest_review, open_review
from apps.organizations.states import MACHINE, capabilities_of

Trigger = OrganizationReview.Trigger
Verdict = OrganizationReview.Verdict
AppealDecision = OrganizationReview.AppealDecision

# What a status that ends a review says about it.
VERDICTS: Final = {
    "active": Verdict.PASS,
    "created": Verdict.RETIRED,
    "denied": Verdict.FAIL,
    "offboarding": Verdict.FAIL,
    "blocked": Verdict.FAIL,
}
# What a status says about an appeal that waits; the others leave it waiting.
APPEALS: Final = {
    "active": AppealDecision.APPROVED,
    "created": AppealDecision.APPROVED,
    "denied": AppealDecision.REJECTED,
    "offboarding": AppealDecision.REJECTED,
    "blocked": AppealDecision.REJECTED,
}


def move_organization(
    organization: Organization,
    to: str,
    origin: Origin,
    *,
    trigger: str = Trigger.STAFF,
    policy_section: str = "",
    snooze: tuple[Any, Any] = (None, None),
    reply: str = "",
) -> Organization:
    """
    The locked organization in another status, its capabilities those of that status.

    Coming under review opens one for `trigger`; leaving it decides the open one, and an appeal
    that waits. From denied or blocked it starts at the first threshold again. `snooze` is the type
    and the end of a snooze, `reply` what the merchant is told of its appeal.

    :raises InvalidTransition: if there is no such move.
    """
    before = organization.status
    MACHINE.require(before, to)
    organization.status = to
    organization.status_changed_at = organization.modified_at = origin.at
    organization.capabilities = capabilities_of(to)
    organization.snooze_type, organization.snoozed_until = snooze
    if before in ("denied", "blocked") and to in ("active", "created"):
        organization.next_review_threshold = FIRST_THRESHOLD
    organization.save(
        update_fields=[
            "status",
            "status_changed_at",
            "capabilities",
            "snooze_type",
            "snoozed_until",
            "next_review_threshold",
            "modified_at",
        ]
    )
    record(
        "organization.status_changed",
        subject=organization,
        organization_id=organization.pk,
        origin=origin,
        changes={"status": (before, to)},
        payload={"policy_section": policy_section} if policy_section else None,
    )
    _keep_reviews(organization, before, to, origin, trigger, policy_section, reply)
    return organization


def begin_review(
    organization: Organization, trigger: str, origin: Origin, *, threshold: int | None = None
) -> OrganizationReview:
    """The open review of a locked organization, made if there is none."""
    found = open_review(organization)
    if found is not None:
        return found
    review = OrganizationReview.objects.create(
        organization=organization,
        trigger=trigger,
        threshold=organization.next_review_threshold if threshold is None else threshold,
        total_balance=organization.total_balance,
        created_at=origin.at,
    )
    record(
        "organization.review_opened",
        subject=organization,
        organization_id=organization.pk,
        origin=origin,
        payload={
            "review_id": str(review.pk),
            "trigger": trigger,
            "threshold": review.threshold,
            "total_balance": review.total_balance,
        },
    )
    return review


def decide_review(
    review: OrganizationReview, verdict: str, origin: Origin, *, policy_section: str = ""
) -> None:
    """Write down what was decided about an open review of a locked organization, by whom."""
    review.verdict, review.policy_section, review.reason = verdict, policy_section, origin.reason
    review.decided_at = review.modified_at = origin.at
    review.decided_by = origin.actor_label or origin.actor
    review.save()
    record(
        "organization.review_decided",
        subject=review.organization,
        organization_id=review.organization_id,
        origin=origin,
        payload={
            "review_id": str(review.pk),
            "verdict": verdict,
            "policy_section": policy_section,
        },
    )


def decide_appeal(
    review: OrganizationReview, decision: str, origin: Origin, *, reply: str = ""
) -> None:
    """Write down what was decided about a pending appeal of a locked organization, by whom."""
    review.appeal_decision, review.appeal_reply = decision, reply
    review.appeal_decided_at = review.modified_at = origin.at
    review.appeal_decided_by = origin.actor_label or origin.actor
    review.save()
    record(
        "organization.appeal_decided",
        subject=review.organization,
        organization_id=review.organization_id,
        origin=origin,
        payload={"review_id": str(review.pk), "decision": decision},
    )


def _keep_reviews(
    organization: Organization,
    before: str,
    to: str,
    origin: Origin,
    trigger: str,
    policy_section: str,
    reply: str,
) -> None:
    if to == "review":
        # A snooze only interrupts the review; coming back from offboarding begins another.
        begin_review(organization, trigger, origin)
        return
    verdict = VERDICTS.get(to)
    if verdict is None:
        return
    latest = latest_review(organization)
    if latest is not None and latest.has_pending_appeal:
        decide_appeal(latest, APPEALS[to], origin, reply=reply)
        return
    if before in ("denied", "blocked") and to in ("active", "created"):
        # Taken back by staff: what was missing is all that is left to do.
        latest, verdict = begin_review(organization, trigger, origin), Verdict.PASS
    elif verdict == Verdict.FAIL and before not in ("denied", "offboarding"):
        latest = begin_review(organization, trigger, origin)
    if latest is not None and latest.is_open:
        decide_review(latest, verdict, origin, policy_section=policy_section)
