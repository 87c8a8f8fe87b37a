"""Payments that the processor calls risky have their merchant looked at, and nothing more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.core.clock import system_time
from apps.organizations.models import Organization, OrganizationReview
from apps.organizations.operations import approve_organization
from apps.payments.operations import record_charge
from tests.payments.test_recording import ORIGIN, charge_for
from tests.support.grants import work_off
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Organization:
    organization = make_organization()
    Organization.objects.update(status_changed_at=ORIGIN.at - timedelta(days=30))
    organization.refresh_from_db()
    return organization


def paid(organization: Organization, *scores: int, first: int = 0) -> str:
    """The status after payments with these scores."""
    for number, score in enumerate(scores, first):
        level = "highest" if score >= 75 else "elevated" if score >= 65 else "normal"
        charge = charge_for(
            organization, id=f"ch_{number}", customer_id=None, risk_score=score, risk_level=level
        )
        record_charge(charge=charge, origin=ORIGIN)
    work_off(ORIGIN)
    organization.refresh_from_db()
    return organization.status


def test_a_mean_that_is_elevated_calls_for_a_review(acme: Organization) -> None:
    assert paid(acme, 70, 70, 70, 70) == "active"
    assert paid(acme, 80, first=4) == "review"
    assert OrganizationReview.objects.get().trigger == "risk"


def test_single_payments_do_not(acme: Organization) -> None:
    assert paid(acme, 5, 5, 5, 90, 5, 90) == "active"


def test_what_was_looked_at_does_not_count_again(acme: Organization) -> None:
    assert paid(acme, 80, 80, 80, 80, 80) == "review"
    approve_organization(organization_id=acme.pk, origin=ORIGIN)
    acme.refresh_from_db()
    assert acme.status_changed_at <= system_time()
    assert paid(acme, 90, first=5) == "active"
