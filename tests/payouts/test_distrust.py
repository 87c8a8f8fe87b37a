"""What the processor says about who is paid: identities, and accounts that it distrusts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.organizations.models import OrganizationReview
from apps.organizations.onboarding import missing_steps, steps_of
from apps.organizations.operations import change_status
from apps.payouts.operations import take_account_facts
from apps.payouts.readiness import identity_of
from tests.cases.world import NOW, make_organization
from tests.support.grants import work_off
from tests.support.payouts import link, make_account, origin_at, ready_facts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("reason", "is_looked_at"),
    [
        ("rejected.fraud", True),
        ("listed", True),
        ("under_review", True),
        ("requirements.past_due", False),
        ("rejected.incomplete_verification", False),
        ("", False),
    ],
)
def test_distrust_calls_for_a_review_and_nothing_more(reason: str, is_looked_at: bool) -> None:
    acme, other = make_organization(), make_organization("other")
    account = make_account(at=NOW)
    for one in (acme, other):
        link(one, account, at=NOW)
        change_status(organization_id=one.pk, to="active", origin=origin_at(NOW))
    facts = replace(ready_facts(str(account.processor_id)), disabled_reason=reason)
    for _ in range(2):
        take_account_facts(account_id=account.pk, facts=facts, origin=origin_at(NOW))
        work_off(origin_at(NOW))
    for one in (acme, other):
        one.refresh_from_db()
        assert one.status == ("review" if is_looked_at else "active")
    found = OrganizationReview.objects.filter(trigger="risk").count()
    assert found == (2 if is_looked_at else 0)


@pytest.mark.parametrize(
    ("lists", "identity"),
    [
        ({}, "verified"),
        ({"due": ("individual.verification.document",)}, "needed"),
        ({"past_due": ("person_1234.id_number",)}, "needed"),
        ({"pending": ("company.verification.document",)}, "pending"),
        ({"due": ("external_account",)}, "verified"),
        ({"is_submitted": False}, "needed"),
    ],
)
def test_identity_is_read_from_what_is_required(lists: dict, identity: str) -> None:  # type: ignore[type-arg]
    acme, account = make_organization(), make_account(at=NOW)
    link(acme, account, at=NOW)
    facts = replace(ready_facts(str(account.processor_id)), **lists)
    account = take_account_facts(account_id=account.pk, facts=facts, origin=origin_at(NOW))
    assert identity_of(account) == identity
    step = next(one for one in steps_of(acme) if one.name == "identity")
    assert (step.is_done, step.note) == (identity == "verified", identity)
    assert "identity" not in [one.name for one in missing_steps(acme)]


def test_identity_of_nobody_is_unknown() -> None:
    assert identity_of(None) == "unknown"
    assert identity_of(make_account(at=NOW, type="manual")) == "unknown"
