"""The life of an organization: statuses, thresholds, decisions, snoozes, appeals, its end."""

from datetime import timedelta
from typing import Any

from django.test import override_settings

from apps.ledger.operations import check_review_threshold
from apps.organizations import operations
from apps.organizations.models import Organization, OrganizationReview
from apps.organizations.states import MACHINE, capabilities_of
from apps.payouts.models import Payout
from apps.payouts.operations import request_payout
from tests.cases.registry import Facts, adapter
from tests.cases.world import NOW, make_organization, origin_at
from tests.support.onboarding import complete_onboarding
from tests.support.payouts import earn, link, make_account
from tests.support.subscribers import make_discount, make_subscription

AREA = "organization_review"
ORIGIN = origin_at().because("The facts of the case call for it.")
# Through which statuses an organization comes to another.
_WAYS = {
    "created": (),
    "active": ("active",),
    "review": ("review",),
    "snoozed": ("review", "snoozed"),
    "denied": ("denied",),
    "offboarding": ("review", "offboarding"),
    "offboarded": ("review", "offboarding", "offboarded"),
    "blocked": ("blocked",),
}


@adapter(AREA)
def allowed_transitions(given: Facts, when: Facts) -> Facts:
    return {"to": sorted(MACHINE.moves[given["status"]])}


@adapter(AREA)
def capabilities(given: Facts, when: Facts) -> Facts:
    return dict(capabilities_of(given["status"]))


@adapter(AREA, db=True)
def default_threshold(given: Facts, when: Facts) -> Facts:
    return _after(make_organization())


@adapter(AREA, db=True)
def check_threshold(given: Facts, when: Facts) -> Facts:
    organization = _organization(given)
    if given["balance_sum"]:
        earn(organization, given["balance_sum"], at=NOW)
    with override_settings(SANDBOX=given["environment"] == "sandbox"):
        check_review_threshold(organization_id=organization.pk, origin=ORIGIN)
    return _after(organization)


@adapter(AREA, db=True)
def verdict(given: Facts, when: Facts) -> Facts:
    """Only an approval decides by itself; anything else leaves the review to people."""
    organization = _organization(given)
    if when["verdict"] == "approve" and organization.status in ("review", "snoozed"):
        operations.approve_organization(organization_id=organization.pk, origin=ORIGIN)
    return _after(organization)


@adapter(AREA, db=True)
def confirm_reviewed(given: Facts, when: Facts) -> Facts:
    organization = _organization(given)
    if given.get("held_payouts"):
        earn(organization, 50_000, at=NOW - timedelta(days=60))
        link(organization, make_account(at=NOW), at=NOW)
        payout = request_payout(organization_id=organization.pk, origin=ORIGIN)
        assert payout.status == "held"
    operations.approve_organization(
        organization_id=organization.pk,
        next_review_threshold=when["next_review_threshold"],
        origin=ORIGIN,
    )
    held = Payout.objects.filter(organization=organization, status="held")
    return {**_after(organization), "held_payouts_released": not held.exists()}


@adapter(AREA, db=True)
def snooze(given: Facts, when: Facts) -> Facts:
    organization = _organization(given)
    operations.snooze_organization(
        organization_id=organization.pk,
        days=when["days"],
        snooze_type=when["snooze_type"],
        origin=ORIGIN,
    )
    return _after(organization)


@adapter(AREA, db=True)
def submit_appeal(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    _reviewed(organization, given.get("review"))
    _appealed(organization, given.get("appeal"))
    operations.submit_appeal(organization_id=organization.pk, text="Look again.", origin=ORIGIN)
    return {"error": None}


@adapter(AREA, db=True)
def approve_appeal(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    if given.get("onboarding_complete"):
        complete_onboarding(organization, at=NOW)
    for status in _WAYS[given["status"]]:
        operations.change_status(organization_id=organization.pk, to=status, origin=ORIGIN)
    _appealed(organization, given.get("appeal"))
    operations.approve_appeal(organization_id=organization.pk, origin=ORIGIN)
    return {**_after(organization), "error": None}


@adapter(AREA, db=True)
def can_delete(given: Facts, when: Facts) -> Facts:
    organization = _organization({"status": "active"})
    for kind in given["subscriptions"]:
        _subscription(organization, kind)
    plan = operations.plan_delete_organization(organization_id=organization.pk, origin=ORIGIN)
    return {"can_delete": not plan.obstacles}


def _organization(given: Facts) -> Organization:
    organization = make_organization()
    for status in _WAYS[given["status"]]:
        organization = operations.change_status(
            organization_id=organization.pk, to=status, origin=ORIGIN
        )
    facts: dict[str, Any] = {}
    if "next_review_threshold" in given:
        facts["next_review_threshold"] = given["next_review_threshold"]
    if given.get("snooze_type"):
        hours = given.get("snoozed_until_hours") or 0
        facts["snooze_type"] = given["snooze_type"]
        facts["snoozed_until"] = NOW + timedelta(hours=hours)
    if facts:
        Organization.objects.filter(pk=organization.pk).update(**facts)
    return organization


def _reviewed(organization: Organization, outcome: str | None) -> None:
    """The organization after a review that came out so; None: it was never reviewed."""
    moves = {"failed": "denied", "passed": "active", "pass": "active", "fail": "denied"}
    if outcome is None:
        return
    operations.change_status(organization_id=organization.pk, to="review", origin=ORIGIN)
    to = moves.get(outcome)
    if to is not None:
        operations.change_status(organization_id=organization.pk, to=to, origin=ORIGIN)


def _appealed(organization: Organization, state: str | None) -> None:
    """An appeal that waits (`submitted`), or that was answered (`reviewed`)."""
    if state not in ("submitted", "reviewed"):
        return
    operations.submit_appeal(organization_id=organization.pk, text="We are good.", origin=ORIGIN)
    if state == "reviewed":
        operations.deny_appeal(
            organization_id=organization.pk, policy_section="other", origin=ORIGIN
        )


def _subscription(organization: Organization, kind: str) -> None:
    """A subscription of this kind, as in `active_paid` or `forever_discounted_to_zero`."""
    if "discounted" in kind:
        duration = "forever" if "forever" in kind else "once"
        discount = make_discount(organization, 10_000, duration=duration)
        make_subscription(organization, amount=0, discount=discount)
        return
    made = make_subscription(organization, amount=0 if "free" in kind else 1000)
    if "cancel" in kind or "ended" in kind or "revoked" in kind:
        type(made).objects.filter(pk=made.pk).update(status="canceled", ended_at=NOW)


def _after(organization: Organization) -> Facts:
    organization.refresh_from_db()
    assert OrganizationReview.objects.filter(organization=organization, verdict=None).count() <= 1
    return {
        "status": organization.status,
        "total_balance": organization.total_balance,
        "next_review_threshold": organization.next_review_threshold,
    }
