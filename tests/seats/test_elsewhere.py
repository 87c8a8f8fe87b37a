"""Seats where other things happen: a checkout that sold them, two customers who become one."""

from __future__ import annotations

import pytest

from apps.benefits.models import BenefitGrant
from apps.checkouts.models import Checkout
from apps.checkouts.operations.seating import seat_buyer_of
from apps.customers.operations import merge_customers
from apps.customers.selectors import living_members, owner_of
from apps.orders.models import Order
from apps.seats.models import CustomerSeat
from tests.support.grants import make_benefit, put_on, spy, work_off
from tests.support.seats import invite, make_seat_order, make_team, sit_down
from tests.support.subscribers import at, make_merchant, make_subscriber

pytestmark = pytest.mark.django_db


def seats_of(order: Order) -> list[CustomerSeat]:
    return list(CustomerSeat.objects.filter(order_id=order.pk))


class TestCheckout:
    def test_seats_its_buyer(self) -> None:
        order = make_seat_order(make_merchant())
        seat_buyer_of(Checkout(seats=2), order, at())
        [seat] = seats_of(order)
        assert (seat.status, seat.member) == ("claimed", owner_of(order.customer))

    def test_seats_who_buys_again_once(self) -> None:
        first = make_seat_order(make_merchant())
        second = make_seat_order(first.organization, customer=first.customer, product=first.product)
        other = make_seat_order(first.organization, customer=first.customer)
        for order in (first, second, other):
            seat_buyer_of(Checkout(seats=2), order, at())
        assert [len(seats_of(order)) for order in (first, second, other)] == [1, 0, 1]

    def test_leaves_it_to_a_merchant_with_a_page_of_their_own(self) -> None:
        order = make_seat_order(make_merchant())
        seat_buyer_of(Checkout(seats=2, success_url="https://acme.example/done"), order, at())
        seat_buyer_of(Checkout(), order, at())
        assert not seats_of(order)


class TestMerging:
    def test_takes_people_and_what_they_have_along(self) -> None:
        spy()
        team = make_team()
        put_on(team.product, make_benefit(team.organization))
        invite(team, "ann@example.com")
        sit_down(team, "bob@example.com")
        work_off()
        other = make_subscriber(team.organization, type="team")
        merge_customers(customer_id=team.customer_id, into_id=other.pk, origin=at())
        work_off()
        seats = CustomerSeat.objects.filter(subscription_id=team.pk)
        assert {(seat.customer_id, seat.status) for seat in seats} == {
            (other.pk, "pending"),
            (other.pk, "claimed"),
        }
        people = set(living_members(other).values_list("pk", flat=True))
        assert {seat.member_id for seat in seats} < people
        [grant] = BenefitGrant.objects.filter(granted_at__isnull=False)
        assert (grant.customer_id, grant.member.email) == (other.pk, "bob@example.com")
