"""What every member of a merchant is written about its reviews, its appeal and its end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.accounts.models import User
from apps.core.origin import Actor, Door, Origin
from apps.notifications.models import Mail
from apps.organizations import operations
from apps.organizations.models import Membership, Organization
from tests.cases.world import NOW, make_organization
from tests.support.grants import work_off
from tests.support.onboarding import complete_onboarding

pytestmark = pytest.mark.django_db
PEOPLE = {"ann@x.test", "bob@x.test"}


def staff() -> Origin:
    return Origin(
        actor=Actor.STAFF,
        actor_label="rita@x.test",
        door=Door.BACKOFFICE,
        at=NOW,
        reason="Nobody but staff reads this.",
    )


@pytest.fixture
def acme() -> Organization:
    organization = make_organization()
    for address in sorted(PEOPLE):
        user = User.objects.create_user(address)
        Membership.objects.create(
            organization=organization, user=user, role="admin", created_at=NOW
        )
    return organization


def told(kind: str) -> str:
    """The words of a mail that every member got once."""
    work_off(staff())
    mails = list(Mail.objects.filter(kind=kind))
    assert sorted(one.recipient for one in mails) == sorted(PEOPLE)
    texts = {one.subject + "\n" + one.text for one in mails}
    assert len(texts) == 1
    text = texts.pop()
    assert "Nobody but staff" not in text
    return text


def denied(acme: Organization) -> None:
    operations.change_status(organization_id=acme.pk, to="review", origin=staff())
    operations.deny_organization(
        organization_id=acme.pk, policy_section="misleading", origin=staff()
    )


class TestReviews:
    def test_that_were_asked_for(self, acme: Organization) -> None:
        complete_onboarding(acme, at=NOW)
        operations.submit_onboarding(organization_id=acme.pk, origin=staff())
        assert "what you told us" in told("organization_review_opened")
        operations.pass_submission(organization_id=acme.pk, origin=staff())
        assert "sells and is paid" in told("organization_approved")

    def test_that_come_by_themselves(self, acme: Organization) -> None:
        operations.change_status(organization_id=acme.pk, to="active", origin=staff())
        operations.flag_risk(organization_id=acme.pk, origin=staff())
        text = told("organization_review_opened")
        assert "look at" in text and "risk" not in text.lower()

    def test_that_fail(self, acme: Organization) -> None:
        denied(acme)
        assert "Misleading or incomplete information" in told("organization_denied")


class TestAppeals:
    @pytest.mark.parametrize("is_granted", [True, False])
    def test_are_answered(self, acme: Organization, is_granted: bool) -> None:
        denied(acme)
        operations.submit_appeal(organization_id=acme.pk, text="We sell maps.", origin=staff())
        if is_granted:
            operations.approve_appeal(
                organization_id=acme.pk, reply="Sorry for that.", origin=staff()
            )
        else:
            operations.deny_appeal(
                organization_id=acme.pk,
                policy_section="misleading",
                reply="Sorry for that.",
                origin=staff(),
            )
        text = told("organization_appeal_decided")
        assert ("was granted" in text) is is_granted
        assert "Sorry for that." in text


class TestOffboarding:
    def test_says_until_when_nothing_is_paid(self, acme: Organization) -> None:
        operations.change_status(organization_id=acme.pk, to="review", origin=staff())
        operations.start_offboarding(
            organization_id=acme.pk, policy_section="fraud", origin=staff()
        )
        until = (NOW + timedelta(days=120)).strftime("%B %-d, %Y")
        assert f"not before {until}" in told("organization_offboarding")
        assert not Mail.objects.filter(kind="organization_denied").exists()
        operations.complete_offboarding(organization_id=acme.pk, origin=staff())
        assert "can be paid out" in told("organization_offboarded")
