"""Reviews: what calls for one, what is decided, and what follows from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from apps.accounts.models import User
from apps.core.errors import InvalidTransition, ResourceNotFound, ValidationFailed
from apps.core.origin import Actor, Door, Origin
from apps.core.plans import PlanChanged
from apps.core.timers import Due
from apps.events.models import Event
from apps.organizations import operations
from apps.organizations.errors import (
    AppealRefused,
    NoPendingAppeal,
    OnboardingIncomplete,
    SnoozeOutOfBounds,
    WrongStatus,
)
from apps.organizations.models import Organization, OrganizationNote, OrganizationReview
from apps.organizations.onboarding import missing_steps, steps_of
from apps.organizations.operations.notes import OnlyStaffWrite
from apps.organizations.selectors import snoozes_due_by
from apps.organizations.tasks import activate_ready_task, end_snoozes_task
from tests.cases.world import NOW, make_organization
from tests.support.onboarding import complete_onboarding

pytestmark = pytest.mark.django_db
WHY = "Looked at it closely."


def by_staff(at: datetime = NOW, reason: str = WHY) -> Origin:
    return Origin(
        actor=Actor.STAFF,
        actor_label="rita@example.com",
        door=Door.BACKOFFICE,
        at=at,
        reason=reason,
    )


@pytest.fixture
def acme() -> Organization:
    return make_organization()


def moved(organization: Organization, *statuses: str, at: datetime = NOW) -> Organization:
    for status in statuses:
        organization = operations.change_status(
            organization_id=organization.pk, to=status, origin=by_staff(at)
        )
    return organization


def sells(organization: Organization, total: int, *, at: datetime = NOW) -> Organization:
    with override_settings(SANDBOX=False):
        return operations.note_sales(
            organization_id=organization.pk, total_balance=total, origin=by_staff(at)
        )


def reviews(organization: Organization) -> list[OrganizationReview]:
    return list(organization.reviews.order_by("created_at", "pk"))


class TestThreshold:
    def test_opens_one_review_that_says_what_it_was(self, acme: Organization) -> None:
        moved(acme, "active")
        assert sells(acme, 999).status == "active"
        assert sells(acme, 1000).status == "review"
        assert sells(acme, 1500).status == "review"
        [review] = reviews(acme)
        assert (review.trigger, review.threshold, review.total_balance) == ("threshold", 1000, 1000)
        assert review.is_open

    def test_doubles_from_what_is_there_with_a_minimum(self, acme: Organization) -> None:
        moved(acme, "review")
        for expected in (10_000, 20_000):
            approved = operations.approve_organization(organization_id=acme.pk, origin=by_staff())
            assert approved.next_review_threshold == expected
            moved(acme, "review", at=NOW + timedelta(days=1))

    def test_starts_again_after_a_denial(self, acme: Organization) -> None:
        Organization.objects.filter(pk=acme.pk).update(next_review_threshold=50_000)
        complete_onboarding(acme, at=NOW)
        moved(acme, "denied")
        back = operations.reactivate_organization(organization_id=acme.pk, origin=by_staff())
        assert (back.status, back.next_review_threshold) == ("active", 1000)

    def test_the_plan_shows_when_the_next_review_comes_and_binds(self, acme: Organization) -> None:
        moved(acme, "review")
        plan = operations.plan_approve(
            organization_id=acme.pk, next_review_threshold=None, origin=by_staff()
        )
        shown = {one.subject: one.after for one in plan.changes}
        assert shown["Next review at sales of"] == "$100.00"
        with pytest.raises(PlanChanged):
            operations.approve_organization(
                organization_id=acme.pk,
                next_review_threshold=30_000,
                agreed=plan.fingerprint,
                origin=by_staff(),
            )
        operations.approve_organization(
            organization_id=acme.pk, agreed=plan.fingerprint, origin=by_staff()
        )
        with pytest.raises(WrongStatus):
            operations.approve_organization(organization_id=acme.pk, origin=by_staff())


class TestDecisions:
    def test_are_kept_with_who_and_why(self, acme: Organization) -> None:
        moved(acme, "active")
        operations.deny_organization(
            organization_id=acme.pk, policy_section="fraud", origin=by_staff()
        )
        [review] = reviews(acme)
        assert (review.verdict, review.policy_section, review.reason) == ("fail", "fraud", WHY)
        assert (review.decided_by, review.decided_at) == ("rita@example.com", NOW)
        event = Event.objects.get(type="organization.review_decided")
        assert event.payload["policy_section"] == "fraud"

    def test_need_a_section_of_the_policy_and_a_reason(self, acme: Organization) -> None:
        for section, reason in (("nonsense", WHY), ("fraud", "short")):
            with pytest.raises(ValidationFailed):
                operations.deny_organization(
                    organization_id=acme.pk,
                    policy_section=section,
                    origin=by_staff(reason=reason),
                )
        with pytest.raises(ValidationFailed):
            operations.block_organization(organization_id=acme.pk, origin=by_staff(reason=""))

    def test_a_block_ends_everything(self, acme: Organization) -> None:
        moved(acme, "active")
        blocked = operations.block_organization(organization_id=acme.pk, origin=by_staff())
        assert not any(blocked.capabilities.values())
        with pytest.raises(InvalidTransition):
            operations.block_organization(organization_id=acme.pk, origin=by_staff())

    def test_a_risky_one_is_looked_at_once_and_never_more(self, acme: Organization) -> None:
        moved(acme, "active")
        assert operations.flag_risk(organization_id=acme.pk, origin=by_staff())
        assert not operations.flag_risk(organization_id=acme.pk, origin=by_staff())
        acme.refresh_from_db()
        assert acme.status == "review"
        assert reviews(acme)[0].trigger == "risk"

    def test_starting_again_retires_the_review(self, acme: Organization) -> None:
        complete_onboarding(acme, at=NOW)
        moved(acme, "active")
        reset = operations.reset_onboarding(organization_id=acme.pk, origin=by_staff())
        assert reset.status == "created"
        assert reset.onboarding_resubmission_requested_at == NOW
        assert reset.details_submitted_at is None
        assert reviews(acme)[-1].verdict == "retired"
        assert not operations.activate_if_ready(organization_id=acme.pk, origin=by_staff())


class TestSnooze:
    def test_ends_by_time_through_sweep_and_timer(self, acme: Organization) -> None:
        moved(acme, "review")
        snoozed = operations.snooze_organization(
            organization_id=acme.pk, days=7, snooze_type="time_based", origin=by_staff()
        )
        until = NOW + timedelta(days=7)
        assert (snoozed.status, snoozed.snoozed_until) == ("snoozed", until)
        assert snoozes_due_by(acme.pk, until - timedelta(seconds=1)) == []
        assert snoozes_due_by(acme.pk, until) == [Due(until, acme.pk, acme.pk)]
        assert not operations.end_due_snooze(organization_id=acme.pk, origin=by_staff())
        end_snoozes_task()
        acme.refresh_from_db()
        assert (acme.status, acme.snoozed_until, acme.snooze_type) == ("review", None, None)
        assert [one.is_open for one in reviews(acme)] == [True]

    def test_ends_with_the_first_sale_after_its_days(self, acme: Organization) -> None:
        moved(acme, "review")
        operations.snooze_organization(
            organization_id=acme.pk, days=2, snooze_type="next_sale", origin=by_staff()
        )
        assert sells(acme, 500, at=NOW + timedelta(days=1)).status == "snoozed"
        end_snoozes_task()
        later = NOW + timedelta(days=3)
        assert sells(acme, 500, at=later).status == "snoozed"
        assert sells(acme, 600, at=later).status == "review"

    def test_is_ended_by_staff(self, acme: Organization) -> None:
        moved(acme, "review", "snoozed")
        assert operations.end_snooze(organization_id=acme.pk, origin=by_staff()).status == "review"

    @pytest.mark.parametrize("days", [0, 8])
    def test_has_bounds(self, acme: Organization, days: int) -> None:
        moved(acme, "review")
        with pytest.raises(SnoozeOutOfBounds):
            operations.snooze_organization(
                organization_id=acme.pk, days=days, snooze_type="next_sale", origin=by_staff()
            )


class TestOnboarding:
    def test_is_computed_step_by_step(self, acme: Organization) -> None:
        assert [one.name for one in steps_of(acme)] == [
            "product",
            "setup",
            "payout_account",
            "identity",
            "description",
            "website",
            "website_check",
            "website_links",
            "email",
        ]
        assert len(missing_steps(acme)) == 6
        whole = complete_onboarding(acme, at=NOW)
        assert missing_steps(whole) == []
        assert steps_of(whole)[1].note == "No webhook endpoint: sales go unnoticed."

    def test_leads_to_a_review_and_activates_by_itself(self, acme: Organization) -> None:
        with pytest.raises(OnboardingIncomplete, match="Product"):
            operations.submit_onboarding(organization_id=acme.pk, origin=by_staff())
        complete_onboarding(acme, at=NOW)
        first = operations.submit_onboarding(organization_id=acme.pk, origin=by_staff())
        again = operations.submit_onboarding(organization_id=acme.pk, origin=by_staff())
        assert first.pk == again.pk
        Organization.objects.filter(pk=acme.pk).update(email=None)
        passed = operations.pass_submission(organization_id=acme.pk, origin=by_staff())
        assert passed.status == "created"
        activate_ready_task()
        acme.refresh_from_db()
        assert acme.status == "created"
        Organization.objects.filter(pk=acme.pk).update(email="hello@example.com")
        activate_ready_task()
        acme.refresh_from_db()
        assert (acme.status, acme.next_review_threshold) == ("active", 1000)
        assert not operations.activate_if_ready(organization_id=acme.pk, origin=by_staff())


class TestAppeal:
    def test_is_made_once_and_rejected_for_good(self, acme: Organization) -> None:
        moved(acme, "denied")
        operations.submit_appeal(organization_id=acme.pk, text="Please.", origin=by_staff())
        review = operations.deny_appeal(
            organization_id=acme.pk, policy_section="sanctions", reply="No.", origin=by_staff()
        )
        assert (review.appeal_decision, review.appeal_reply) == ("rejected", "No.")
        for refused, act in (
            (
                NoPendingAppeal,
                lambda: operations.approve_appeal(organization_id=acme.pk, origin=by_staff()),
            ),
            (
                AppealRefused,
                lambda: operations.submit_appeal(
                    organization_id=acme.pk, text="Again!", origin=by_staff()
                ),
            ),
        ):
            with pytest.raises(refused):
                act()

    def test_is_not_made_against_a_pass(self, acme: Organization) -> None:
        moved(acme, "review", "active")
        with pytest.raises(AppealRefused):
            operations.submit_appeal(organization_id=acme.pk, text="Why?", origin=by_staff())

    def test_granted_waits_for_what_is_missing(self, acme: Organization) -> None:
        moved(acme, "denied")
        operations.submit_appeal(organization_id=acme.pk, text="Please.", origin=by_staff())
        plan = operations.plan_approve_appeal(organization_id=acme.pk, origin=by_staff())
        assert "Missing: Product." in plan.effects
        back = operations.approve_appeal(
            organization_id=acme.pk, reply="Welcome.", agreed=plan.fingerprint, origin=by_staff()
        )
        assert back.status == "created"
        complete_onboarding(acme, at=NOW)
        assert operations.activate_if_ready(organization_id=acme.pk, origin=by_staff())

    def test_that_waits_is_settled_by_a_new_status(self, acme: Organization) -> None:
        moved(acme, "denied")
        operations.submit_appeal(organization_id=acme.pk, text="Please.", origin=by_staff())
        moved(acme, "offboarding")
        assert reviews(acme)[-1].appeal_decision == "rejected"


class TestNotes:
    def test_are_staffs_and_stay_as_they_are(self, acme: Organization) -> None:
        user = User.objects.create_user("rita@example.com")
        origin = Origin(
            actor=Actor.STAFF, actor_id=str(user.pk), door=Door.BACKOFFICE, at=NOW, reason=""
        )
        note = operations.add_organization_note(
            organization_id=acme.pk, text=" Called them. ", origin=origin
        )
        assert note.text == "Called them."
        assert "Called" not in str(Event.objects.get(type="organization.note_added").payload)
        for statement in ("UPDATE {} SET text = ''", "DELETE FROM {}"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement.format(OrganizationNote._meta.db_table))

    def test_are_refused_to_others_and_without_words(self, acme: Organization) -> None:
        nobody = Origin(actor=Actor.MERCHANT, door=Door.API, at=NOW)
        with pytest.raises(OnlyStaffWrite):
            operations.add_organization_note(organization_id=acme.pk, text="Hm", origin=nobody)
        with pytest.raises(ValidationFailed):
            operations.add_organization_note(organization_id=acme.pk, text=" ", origin=nobody)


class TestRestore:
    def test_brings_back_what_was_not_erased(self, acme: Organization) -> None:
        complete_onboarding(acme, at=NOW)
        operations.delete_organization(organization_id=acme.pk, origin=by_staff())
        plan = operations.plan_restore_organization(organization_id=acme.pk, origin=by_staff())
        assert "access tokens do not come back" in plan.warnings[0]
        back = operations.restore_organization(
            organization_id=acme.pk, agreed=plan.fingerprint, origin=by_staff()
        )
        assert (back.deleted_at, back.email) == (None, None)
        with pytest.raises(ResourceNotFound):
            operations.restore_organization(organization_id=acme.pk, origin=by_staff())


def test_changes_nothing_in_the_sandbox_but_the_sum(acme: Organization, settings: Any) -> None:
    moved(acme, "active")
    settings.SANDBOX = True
    found = operations.note_sales(organization_id=acme.pk, total_balance=90_000, origin=by_staff())
    assert (found.status, found.total_balance) == ("active", 90_000)
