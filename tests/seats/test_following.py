"""Seats follow what was bought: their number, its end, its refund."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.benefits.models import BenefitGrant
from apps.benefits.operations import lift_withdrawal, withdraw_order
from apps.core.ids import new_id
from apps.customers.selectors import owner_of
from apps.orders.operations.entitling import align_order_benefits
from apps.seats.models import CustomerSeat
from apps.seats.operations import revoke_seat
from apps.subscriptions.errors import SeatsAlreadyAssigned
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import (
    change_product,
    change_seats,
    cycle_subscription,
    pause_subscription,
    revoke_subscription,
)
from apps.subscriptions.operations.entitling import align_benefits
from tests.support.grants import make_benefit, put_on, spy, work_off
from tests.support.seats import invite, make_seat_order, make_team, sit_down
from tests.support.subscribers import (
    START,
    at,
    make_merchant,
    make_plan,
    make_subscription,
    seat_price,
)

pytestmark = pytest.mark.django_db


def statuses() -> list[str]:
    return list(CustomerSeat.objects.order_by("id").values_list("status", flat=True))


def having() -> set[object]:
    """The members who have something."""
    rows = BenefitGrant.objects.filter(granted_at__isnull=False)
    return set(rows.values_list("member__email", flat=True))


@pytest.fixture
def team() -> Subscription:
    spy()
    merchant = make_merchant(subscription_settings={"benefit_revocation_grace_period": 7})
    made = make_team(merchant, seats=4)
    put_on(made.product, make_benefit(made.organization))
    return made


class TestGrants:
    def test_go_to_who_has_accepted_and_not_to_the_buyer(self, team: Subscription) -> None:
        invite(team, "ann@example.com")
        sit_down(team, "bob@example.com")
        work_off()
        assert having() == {"bob@example.com"}

    def test_end_with_the_seat(self, team: Subscription) -> None:
        seat = sit_down(team, "bob@example.com")
        sit_down(team, "cat@example.com")
        work_off()
        revoke_seat(seat_id=seat.pk, origin=at())
        work_off()
        assert having() == {"cat@example.com"}

    def test_follow_the_product(self, team: Subscription) -> None:
        sit_down(team, "bob@example.com")
        put_on(team.product)
        align_benefits(subscription_id=team.pk, origin=at())
        work_off()
        assert having() == set()


class TestNumbers:
    def test_cannot_fall_below_the_people(self, team: Subscription) -> None:
        sit_down(team)
        invite(team)
        for behavior in ("prorate", "next_period"):
            with pytest.raises(SeatsAlreadyAssigned) as refusal:
                change_seats(subscription_id=team.pk, seats=1, behavior=behavior, origin=at())
            assert (refusal.value.bound, refusal.value.requested) == (2, 1)
        change_seats(subscription_id=team.pk, seats=2, behavior="prorate", origin=at())
        assert statuses() == ["claimed", "pending"]

    def test_that_fall_later_let_those_go_who_came_last(self, team: Subscription) -> None:
        sit_down(team, "bob@example.com")
        sit_down(team, "cat@example.com", origin=at(START + timedelta(hours=1)))
        change_seats(subscription_id=team.pk, seats=2, behavior="next_period", origin=at())
        invite(team, "dan@example.com")
        sit_down(team, "eve@example.com", origin=at(START + timedelta(hours=2)))
        cycle_subscription(subscription_id=team.pk, origin=at(team.current_period_end_at))
        work_off(at(team.current_period_end_at))
        assert Subscription.objects.get(pk=team.pk).seats == 2
        taken = CustomerSeat.objects.exclude(status="revoked")
        assert set(taken.values_list("member__email", flat=True)) == {
            "bob@example.com",
            "cat@example.com",
        }
        assert having() == {"bob@example.com", "cat@example.com"}


class TestEnds:
    def test_take_every_seat_of_a_subscription(self, team: Subscription) -> None:
        sit_down(team)
        invite(team)
        revoke_subscription(subscription_id=team.pk, origin=at())
        work_off()
        assert statuses() == ["revoked", "revoked"]
        assert having() == set()

    def test_of_access_do_so_too(self, team: Subscription) -> None:
        sit_down(team)
        pause_subscription(subscription_id=team.pk, origin=at())
        work_off()
        cycle_subscription(subscription_id=team.pk, origin=at(team.current_period_end_at))
        work_off(at(team.current_period_end_at))
        assert statuses() == ["revoked"]

    def test_of_an_order_leave_people_on_their_seats(self) -> None:
        spy()
        order = make_seat_order(make_merchant())
        assert order.product is not None
        put_on(order.product, make_benefit(order.organization))
        sit_down(order, "bob@example.com")
        work_off()
        cause = new_id()
        withdraw_order(
            organization_id=order.organization_id,
            order_id=order.pk,
            cause="refund",
            cause_id=cause,
            origin=at(),
        )
        align_order_benefits(order_id=order.pk, origin=at())
        work_off()
        assert (statuses(), having()) == (["claimed"], set())
        lift_withdrawal(cause="refund", cause_id=cause, origin=at())
        align_order_benefits(order_id=order.pk, origin=at())
        work_off()
        assert having() == {"bob@example.com"}


class TestProducts:
    def test_by_the_seat_seat_whoever_had_another_one(self) -> None:
        spy()
        merchant = make_merchant()
        alone = make_subscription(merchant)
        benefit = make_benefit(merchant)
        put_on(alone.product, benefit)
        work_off()
        product, _ = make_plan(merchant, prices=[seat_price()])
        put_on(product, benefit)
        change_product(
            subscription_id=alone.pk, product_id=product.pk, behavior="prorate", origin=at()
        )
        work_off()
        seat = CustomerSeat.objects.get()
        assert (seat.status, seat.member) == ("claimed", owner_of(alone.customer))
        rows = BenefitGrant.objects.filter(granted_at__isnull=False)
        assert [row.member for row in rows] == [seat.member]
