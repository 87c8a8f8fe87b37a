"""What staff see of seats, and what they do with them."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from apps.core.clock import system_time
from apps.notifications.models import Mail
from apps.seats.models import CustomerSeat
from apps.subscriptions.models import Subscription
from tests.backoffice.acting import act, agree, happened
from tests.backoffice.conftest import staff
from tests.support.seats import invite, make_seat_order, make_team
from tests.support.subscribers import at, make_merchant, make_subscription

__all__ = ["staff"]

Staff = Callable[[str], Client]
ANN = "ann@example.com"


def page(client: Client, name: str, key: object) -> str:
    response = client.get(reverse(f"admin:{name}_change", args=[key]))
    assert response.status_code == 200
    return response.content.decode()


def make() -> Subscription:
    return make_team(seats=2, moment=system_time())


class TestPages:
    def test_show_who_sits_where(self, staff: Staff) -> None:
        team = make()
        seat = invite(team, ANN, origin=at(system_time()))
        order = make_seat_order(team.organization, customer=team.customer)
        invite(order, "bob@example.com")
        client = staff("viewer")
        text = page(client, "subscriptions_subscription", team.pk)
        assert ANN in text
        assert "1 of 2 seats are taken." in text
        assert "bob@example.com" in page(client, "orders_order", order.pk)
        text = page(client, "customers_customer", team.customer_id)
        assert ANN in text
        assert "bob@example.com" in text
        assert str(team.pk) in page(client, "seats_customerseat", seat.pk)

    def test_say_nothing_of_seats_where_there_are_none(self, staff: Staff) -> None:
        one = make_subscription(make_merchant(), moment=system_time())
        client = staff("support")
        assert "seats are taken" not in page(client, "subscriptions_subscription", one.pk)
        refused = act(client, "subscriptions_subscription_assign_a_seat", one.pk, email=ANN)
        assert refused.status_code == 404


class TestAssign:
    def test_shows_the_plan_and_does_it(self, staff: Staff) -> None:
        team, client = make(), staff("support")
        name = "subscriptions_subscription_assign_a_seat"
        shown = act(client, name, team.pk, email=ANN).content.decode()
        assert f"goes to {ANN}" in shown
        assert "customer_seat.assigned" in shown
        assert not CustomerSeat.objects.exists()
        agree(client, name, team.pk, email=ANN)
        assert str(CustomerSeat.objects.get()) == ANN
        happened("customer_seat.assigned", "support@example.com")
        assert Mail.objects.filter(kind="seat_invitation", recipient=ANN).exists()

    def test_works_on_an_order(self, staff: Staff) -> None:
        order, client = make_seat_order(make_merchant()), staff("support")
        agree(client, "orders_order_assign_a_seat", order.pk, email=ANN)
        assert CustomerSeat.objects.get().order_id == order.pk

    def test_is_not_for_viewers(self, staff: Staff) -> None:
        name = "subscriptions_subscription_assign_a_seat"
        assert act(staff("viewer"), name, make().pk, email=ANN).status_code in (403, 404)


class TestSeat:
    def test_is_sent_again(self, staff: Staff) -> None:
        seat = invite(make(), ANN, origin=at(system_time()))
        agree(staff("support"), "seats_customerseat_resend", seat.pk)
        assert Mail.objects.filter(kind="seat_invitation").count() == 2
        happened("customer_seat.invited", "support@example.com")

    def test_is_taken_back(self, staff: Staff) -> None:
        seat = invite(make(), ANN, is_immediate=True, origin=at(system_time()))
        client = staff("support")
        assert (
            "loses the seat" in act(client, "seats_customerseat_revoke", seat.pk).content.decode()
        )
        agree(client, "seats_customerseat_revoke", seat.pk)
        seat.refresh_from_db()
        assert (seat.status, seat.member) == ("revoked", None)
        happened("customer_seat.revoked", "support@example.com")
        assert act(client, "seats_customerseat_revoke", seat.pk).status_code == 404
