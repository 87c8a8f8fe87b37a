"""The demo's teams."""

from __future__ import annotations

import pytest

from apps.backoffice.demo.teams import TEAMS, seed_teams
from apps.benefits.models import BenefitGrant
from apps.seats.models import CustomerSeat
from tests.support.grants import work_off
from tests.support.seats import make_team
from tests.support.subscribers import at, make_merchant, make_plan, seat_price


@pytest.mark.django_db
def test_are_filled_once_and_have_what_their_seats_give() -> None:
    merchant = make_merchant()
    plan = make_plan(merchant, prices=[seat_price()])
    teams = [make_team(merchant, plan=plan, seats=seats) for seats in (1, 2, 3, 9)]
    assert seed_teams(merchant, origin=at()) == 3
    assert seed_teams(merchant, origin=at()) == 0
    assert len(teams) < TEAMS

    def people(number: int) -> list[str]:
        rows = CustomerSeat.objects.filter(subscription_id=teams[number].pk)
        return sorted(rows.values_list("status", flat=True))

    assert people(0) == []
    assert people(1) == ["claimed", "pending"]
    assert people(2) == ["claimed", "pending", "revoked"]
    assert people(3) == ["claimed"] * 6 + ["pending", "revoked"]
    work_off()
    claimed = CustomerSeat.objects.filter(status="claimed").count()
    assert BenefitGrant.objects.filter(granted_at__isnull=False).count() == claimed
