"""A merchant has left 120 days after its last sale, or after it was told to leave."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from apps.core.timers import Due
from apps.orders.models import Order
from apps.orders.offboarding import (
    complete_if_due,
    due_offboarding_ids,
    offboarded_at,
    offboardings_due_by,
)
from apps.organizations.models import Organization
from apps.organizations.operations import change_status, plan_change_status
from apps.organizations.policies import OFFBOARDING_LASTS
from tests.cases.world import NOW, make_customer, make_organization, origin_at

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def leaving() -> Organization:
    organization = make_organization()
    for to in ("review", "offboarding"):
        organization = change_status(organization_id=organization.pk, to=to, origin=origin_at())
    return organization


def sold(organization: Organization, at: datetime) -> None:
    Order.objects.create(
        created_at=at,
        organization=organization,
        customer=make_customer(organization),
        status="paid",
        billing_reason="purchase",
        currency="usd",
        subtotal_amount=1000,
        net_amount=1000,
        paid_at=at,
    )


@pytest.mark.parametrize("days", [-30, 40])
def test_counts_from_the_later_of_both(leaving: Organization, days: int) -> None:
    sold(leaving, NOW + timedelta(days=days))
    due = NOW + max(timedelta(), timedelta(days=days)) + OFFBOARDING_LASTS
    assert offboarded_at(leaving) == due
    assert offboardings_due_by(leaving.pk, due - SECOND) == []
    assert offboardings_due_by(leaving.pk, due) == [Due(due, leaving.pk, leaving.pk)]
    assert due_offboarding_ids(due - SECOND, 10) == []
    assert due_offboarding_ids(due, 10) == [leaving.pk]


def test_is_completed_when_due_and_once(leaving: Organization) -> None:
    due = NOW + OFFBOARDING_LASTS
    complete_if_due(leaving.pk, origin_at(due - SECOND))
    leaving.refresh_from_db()
    assert leaving.status == "offboarding"
    for _ in range(2):
        complete_if_due(leaving.pk, origin_at(due))
    leaving.refresh_from_db()
    assert (leaving.status, leaving.status_changed_at) == ("offboarded", due)


def test_staff_are_warned_of_completing_it_early(leaving: Organization) -> None:
    sold(leaving, NOW)

    def warnings(at: datetime) -> tuple[str, ...]:
        return plan_change_status(
            organization_id=leaving.pk, to="offboarded", origin=origin_at(at)
        ).warnings

    assert "120 days after its last sale" in warnings(NOW + timedelta(days=100))[0]
    assert warnings(NOW + OFFBOARDING_LASTS) == ()
