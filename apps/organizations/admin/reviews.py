"""Decisions about a merchant: reviews, appeals, the way out and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apps.core.origin import Origin
from apps.core.staff import roles
from apps.core.staff.verbs import verb
from apps.organizations import operations as ops
from apps.organizations.forms.reviews import (
    AppealForm,
    ApproveForm,
    DenyAppealForm,
    PolicyForm,
    SnoozeForm,
    WhyForm,
)
from apps.organizations.models import Organization
from apps.organizations.selectors import latest_review, open_review
from apps.organizations.states import MACHINE


def _in(*statuses: str) -> Callable[[Organization], bool]:
    return lambda one: one.deleted_at is None and one.status in statuses


def _may_become(to: str) -> Callable[[Organization], bool]:
    return lambda one: one.deleted_at is None and MACHINE.allows(one.status, to)


def _has_appeal(organization: Organization) -> bool:
    if organization.deleted_at is not None or organization.status not in ("denied", "blocked"):
        return False
    review = latest_review(organization)
    return review is not None and review.has_pending_appeal


def _is_submitted(organization: Organization) -> bool:
    return _in("created")(organization) and open_review(organization) is not None


class ReviewVerbs:
    """What staff decide about a merchant as a whole."""

    @verb(
        title="Approve",
        role=roles.FINANCE,
        icon="check_circle",
        form=ApproveForm,
        text="It sells on, and its held payouts go on.",
        plan=lambda one, data, origin: ops.plan_approve(
            organization_id=one.pk, next_review_threshold=data["threshold"], origin=origin
        ),
        available=_in("review", "snoozed"),
    )
    def approve(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Let it go on."""
        ops.approve_organization(
            organization_id=one.pk,
            next_review_threshold=data["threshold"],
            agreed=data["agreed"],
            origin=origin,
        )
        return f"{one} is approved."

    @verb(
        title="Pass first review",
        role=roles.FINANCE,
        icon="check_circle",
        form=WhyForm,
        text="It sells as soon as nothing of its onboarding is missing.",
        available=_is_submitted,
    )
    def pass_submission(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Let it begin."""
        passed = ops.pass_submission(organization_id=one.pk, origin=origin)
        return f"{one} passed and is {passed.status}."

    @verb(
        title="Deny",
        role=roles.FINANCE,
        icon="block",
        is_danger=True,
        form=PolicyForm,
        text="It sells no more. The merchant may appeal once.",
        plan=lambda one, data, origin: ops.plan_deny(
            organization_id=one.pk, policy_section=data["policy_section"], origin=origin
        ),
        available=_may_become("denied"),
    )
    def deny(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Stop it."""
        ops.deny_organization(
            organization_id=one.pk,
            policy_section=data["policy_section"],
            agreed=data["agreed"],
            origin=origin,
        )
        return f"{one} is denied."

    @verb(
        title="Snooze",
        role=roles.SUPPORT,
        icon="snooze",
        form=SnoozeForm,
        text="Put the review off. It sells meanwhile.",
        available=_in("review"),
    )
    def snooze(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Look at it later."""
        snoozed = ops.snooze_organization(
            organization_id=one.pk,
            days=data["days"],
            snooze_type=data["snooze_type"],
            origin=origin,
        )
        return f"{one} is snoozed until {snoozed.snoozed_until:%d %b %Y}."

    @verb(
        title="End snooze",
        role=roles.SUPPORT,
        icon="alarm_on",
        text="Its review is due again now.",
        available=_in("snoozed"),
    )
    def unsnooze(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Look at it now."""
        ops.end_snooze(organization_id=one.pk, origin=origin)
        return f"{one} is under review."

    @verb(
        title="Set under review",
        role=roles.SUPPORT,
        icon="flag",
        text="It sells on; payouts that it asks for are held.",
        available=_in("active", "offboarding"),
    )
    def escalate(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Have it looked at."""
        ops.escalate_organization(organization_id=one.pk, origin=origin)
        return f"{one} is under review."

    @verb(
        title="Approve after all",
        role=roles.ADMIN,
        icon="undo",
        form=WhyForm,
        text="Take back the denial or the block.",
        plan=lambda one, data, origin: ops.plan_reactivate(organization_id=one.pk, origin=origin),
        available=_in("denied", "blocked"),
    )
    def reactivate(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Let it back."""
        back = ops.reactivate_organization(
            organization_id=one.pk, agreed=data["agreed"], origin=origin
        )
        return f"{one} is {back.status}."

    @verb(
        title="Grant appeal",
        role=roles.FINANCE,
        icon="gavel",
        form=AppealForm,
        plan=lambda one, data, origin: ops.plan_approve_appeal(
            organization_id=one.pk, origin=origin
        ),
        available=_has_appeal,
    )
    def grant_appeal(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """The merchant is right."""
        back = ops.approve_appeal(
            organization_id=one.pk, reply=data["reply"], agreed=data["agreed"], origin=origin
        )
        return f"The appeal is granted; {one} is {back.status}."

    @verb(
        title="Reject appeal",
        role=roles.FINANCE,
        icon="gavel",
        is_danger=True,
        form=DenyAppealForm,
        text="The denial stays, and cannot be appealed again.",
        available=_has_appeal,
    )
    def reject_appeal(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """The merchant is wrong."""
        ops.deny_appeal(
            organization_id=one.pk,
            policy_section=data["policy_section"],
            reply=data["reply"],
            origin=origin,
        )
        return f"The appeal of {one} is rejected."

    @verb(
        title="Check website",
        role=roles.SUPPORT,
        icon="language",
        text="Looks whether it answers, and for links to terms, privacy and refunds.",
        available=lambda one: one.deleted_at is None and bool(one.website),
    )
    def check_website(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Have the website looked at."""
        ops.request_website_check(organization_id=one.pk, origin=origin)
        return "The website is looked at; what is found stands in the review."

    @verb(
        title="Start offboarding",
        role=roles.FINANCE,
        icon="logout",
        is_danger=True,
        form=PolicyForm,
        text="It sells on for now, but is paid out no more until it is offboarded.",
        plan=lambda one, data, origin: ops.plan_start_offboarding(
            organization_id=one.pk, policy_section=data["policy_section"], origin=origin
        ),
        available=_may_become("offboarding"),
    )
    def offboard(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Have it leave."""
        ops.start_offboarding(
            organization_id=one.pk,
            policy_section=data["policy_section"],
            agreed=data["agreed"],
            origin=origin,
        )
        return f"{one} is being offboarded."

    @verb(
        title="Complete offboarding",
        role=roles.ADMIN,
        icon="logout",
        is_danger=True,
        form=WhyForm,
        plan=lambda one, data, origin: ops.plan_change_status(
            organization_id=one.pk, to="offboarded", origin=origin
        ),
        available=_in("offboarding"),
    )
    def finish(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """It has left."""
        ops.complete_offboarding(organization_id=one.pk, agreed=data["agreed"], origin=origin)
        return f"{one} is offboarded."

    @verb(
        title="Reset onboarding",
        role=roles.FINANCE,
        icon="restart_alt",
        is_danger=True,
        form=WhyForm,
        plan=lambda one, data, origin: ops.plan_reset_onboarding(
            organization_id=one.pk, origin=origin
        ),
        available=_in("active", "review", "snoozed"),
    )
    def reset(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Have it start again."""
        ops.reset_onboarding(organization_id=one.pk, agreed=data["agreed"], origin=origin)
        return f"{one} starts again."

    @verb(
        title="Block",
        role=roles.ADMIN,
        icon="block",
        is_danger=True,
        form=WhyForm,
        plan=lambda one, data, origin: ops.plan_block(organization_id=one.pk, origin=origin),
        available=_may_become("blocked"),
    )
    def block(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Let it do nothing any more."""
        ops.block_organization(organization_id=one.pk, agreed=data["agreed"], origin=origin)
        return f"{one} is blocked."

    @verb(
        title="Restore",
        role=roles.ADMIN,
        icon="restore_from_trash",
        plan=lambda one, data, origin: ops.plan_restore_organization(
            organization_id=one.pk, origin=origin
        ),
        available=lambda one: one.deleted_at is not None,
    )
    def restore(self, one: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Bring back what was deleted."""
        ops.restore_organization(organization_id=one.pk, agreed=data["agreed"], origin=origin)
        return f"{one} is restored."


MENU = {
    "title": "Review",
    "icon": "policy",
    "items": [
        "snooze",
        "unsnooze",
        "escalate",
        "check_website",
        "offboard",
        "finish",
        "reset",
        "reactivate",
        "block",
    ],
}
