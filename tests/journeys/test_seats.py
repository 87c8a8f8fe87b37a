"""Seats through the SDK, in each of its versions: merchants, teams, and the people they invite."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from polar.base import PolarClientError

from apps.core.clock import system_time
from apps.customers.selectors import owner_of
from apps.orders.models import Order
from apps.seats.models import CustomerSeat
from apps.subscriptions.models import Subscription
from tests.support.grants import make_benefit, put_on
from tests.support.merchants import Merchant, make_customer_token
from tests.support.seats import invite, make_seat_order, make_team, token_sent
from tests.support.subscribers import at


@pytest.fixture
def team(merchant: Merchant) -> Subscription:
    return make_team(merchant.organization, seats=3, moment=system_time())


def of(bought: Subscription | Order) -> dict[str, str]:
    name = "order_id" if isinstance(bought, Order) else "subscription_id"
    return {name: str(bought.pk)}


def token_of(seat: Any) -> str:
    return token_sent(CustomerSeat.objects.get(pk=seat.id))


class TestMerchant:
    def test_gives_a_seat_to_somebody_who_accepts(self, polar: Any, team: Subscription) -> None:
        seat = polar.customer_seats.assign_seat(
            **of(team), email="ann@example.com", metadata={"desk": 4, "tags": ["a"]}
        )
        assert (seat.status, seat.email, seat.customer_email) == (
            "pending",
            "ann@example.com",
            "ann@example.com",
        )
        assert (seat.subscription_id, seat.order_id) == (str(team.pk), None)
        assert seat.customer_id == str(team.customer_id)
        assert seat.member.role == "member"
        assert seat.seat_metadata == {"desk": 4, "tags": ["a"]}
        assert seat.invitation_token_expires_at is not None

        info = polar.customer_seats.get_claim_info(token_of(seat))
        assert (info.product_name, info.customer_email) == (team.product.name, "ann@example.com")
        assert (info.organization_slug, info.can_claim) == (team.organization.slug, True)

        claimed = polar.customer_seats.claim_seat(invitation_token=token_of(seat))
        assert (claimed.seat.id, claimed.seat.status) == (seat.id, "claimed")
        assert claimed.seat.claimed_at is not None
        own = polar.customer_portal.seats.list_claimed_subscriptions(
            request_access_token=claimed.customer_session_token
        )
        assert [one.id for one in own.items] == [str(team.pk)]

    def test_lists_who_has_one(self, polar: Any, team: Subscription) -> None:
        first = polar.customer_seats.assign_seat(**of(team), email="ann@example.com")
        second = polar.customer_seats.assign_seat(**of(team), email="bob@example.com")
        polar.customer_seats.revoke_seat(first.id)
        found = polar.customer_seats.list_seats(**of(team))
        assert [seat.id for seat in found.seats] == [second.id]
        assert (found.available_seats, found.total_seats) == (2, 3)

    def test_seats_somebody_at_once(self, polar: Any, merchant: Merchant) -> None:
        order = make_seat_order(merchant.organization)
        seat = polar.customer_seats.assign_seat(
            **of(order), email="ann@example.com", immediate_claim=True
        )
        assert (seat.status, seat.order_id) == ("claimed", str(order.pk))
        assert polar.customer_seats.list_seats(**of(order)).available_seats == 1

    def test_names_members(self, polar: Any, team: Subscription) -> None:
        member = polar.customers.members.create(
            str(team.customer_id), email="ann@example.com", external_id="m1"
        )
        by_id = polar.customer_seats.assign_seat(**of(team), member_id=member.id)
        assert by_id.member_id == member.id
        polar.customer_seats.revoke_seat(by_id.id)
        again = polar.customer_seats.assign_seat(**of(team), external_member_id="m1")
        assert (again.id, again.member_id) == (by_id.id, member.id)

    def test_sends_an_invitation_again(self, polar: Any, team: Subscription) -> None:
        seat = polar.customer_seats.assign_seat(**of(team), email="ann@example.com")
        before = token_of(seat)
        sent = polar.customer_seats.resend_invitation(seat.id)
        assert (sent.id, sent.status) == (seat.id, "pending")
        assert token_of(seat) != before

    def test_takes_a_seat_back_as_often_as_they_like(self, polar: Any, team: Subscription) -> None:
        seat = polar.customer_seats.assign_seat(**of(team), email="ann@example.com")
        for _ in range(2):
            revoked = polar.customer_seats.revoke_seat(seat.id)
            assert (revoked.status, revoked.email, revoked.member) == ("revoked", None, None)
            assert revoked.revoked_at is not None

    def test_cannot_have_fewer_seats_than_people(self, polar: Any, team: Subscription) -> None:
        for name in ("ann", "bob"):
            polar.customer_seats.assign_seat(**of(team), email=f"{name}@example.com")
        with pytest.raises(PolarClientError, match="SeatsAlreadyAssigned") as refusal:
            polar.subscriptions.update(str(team.pk), seats=1)
        assert refusal.value.status_code == 400

    def test_does_not_reach_anothers(
        self, polar: Any, errors: Any, stranger: Merchant, team: Subscription
    ) -> None:
        seat = polar.customer_seats.assign_seat(**of(team), email="ann@example.com")
        client, foreign = polar.customer_seats, {"request_access_token": stranger.token}
        for error, call in (
            (
                errors.CustomerSeatsListSeats404Error,
                lambda: client.list_seats(**of(team), **foreign),
            ),
            (
                errors.CustomerSeatsAssignSeat404Error,
                lambda: client.assign_seat(**of(team), email="x@example.com", **foreign),
            ),
            (
                errors.CustomerSeatsResendInvitation404Error,
                lambda: client.resend_invitation(seat.id, **foreign),
            ),
            (
                errors.CustomerSeatsRevokeSeat404Error,
                lambda: client.revoke_seat(seat.id, **foreign),
            ),
        ):
            with pytest.raises(error):
                call()
        assert CustomerSeat.objects.get(pk=seat.id).status == "pending"


class TestTeam:
    def test_looks_after_its_seats(self, polar: Any, team: Subscription) -> None:
        own = {"request_access_token": make_customer_token(team.customer)}
        portal = polar.customer_portal.seats
        seat = portal.assign_seat(**of(team), email="ann@example.com", immediate_claim=True, **own)
        assert seat.status == "pending"
        assert portal.resend_invitation(seat.id, **own).id == seat.id
        found = portal.list_seats(**of(team), **own)
        assert ([one.id for one in found.seats], found.available_seats) == ([seat.id], 2)
        assert portal.revoke_seat(seat.id, **own).status == "revoked"

    def test_names_what_it_bought_by_the_checkout(
        self, polar: Any, errors: Any, team: Subscription
    ) -> None:
        own = {"request_access_token": make_customer_token(team.customer)}
        checkout_id = "00000000-0000-7000-8000-00000000c0de"
        with pytest.raises(errors.CustomerPortalSeatsAssignSeat404Error):
            polar.customer_portal.seats.assign_seat(
                checkout_id=checkout_id, email="ann@example.com", **own
            )
        Subscription.objects.filter(pk=team.pk).update(checkout_id=checkout_id)
        seat = polar.customer_portal.seats.assign_seat(
            checkout_id=checkout_id, email="ann@example.com", **own
        )
        assert seat.subscription_id == str(team.pk)
        Subscription.objects.filter(pk=team.pk).update(checkout_id=None)

    def test_does_not_reach_the_seats_of_another(
        self, polar: Any, errors: Any, merchant: Merchant, team: Subscription
    ) -> None:
        seat = invite(team, origin=at(system_time()))
        other = make_team(merchant.organization, moment=system_time())
        own = {"request_access_token": make_customer_token(other.customer)}
        portal = polar.customer_portal.seats
        with pytest.raises(errors.CustomerPortalSeatsListSeats404Error):
            portal.list_seats(**of(team), **own)
        with pytest.raises(errors.CustomerPortalSeatsRevokeSeat404Error):
            portal.revoke_seat(str(seat.pk), **own)
        assert portal.list_claimed_subscriptions(**own).items == []


class TestPage:
    def test_of_an_invitation_accepts_it(self, merchant: Merchant, team: Subscription) -> None:
        put_on(team.product, make_benefit(team.organization, "custom"))
        seat = invite(team, "ann@example.com", origin=at(system_time()))
        sent = token_sent(seat)
        url = f"{merchant.url}/seats/claim/{sent}"
        with httpx.Client() as browser:
            shown = browser.get(url)
            assert shown.status_code == 200
            assert "ann@example.com" in shown.text
            assert "A benefit" in shown.text
            seat.refresh_from_db()
            assert seat.status == "pending"
            token = browser.cookies["csrftoken"]
            accepted = browser.post(url, data={"csrfmiddlewaretoken": token})
            assert (accepted.status_code, "The seat is yours" in accepted.text) == (200, True)
            assert f"/{team.organization.slug}/portal?customer_session_token=" in accepted.text
            again = browser.post(url, data={"csrfmiddlewaretoken": token})
            assert (again.status_code, again.headers["location"]) == (303, f"/seats/claim/{sent}")
            assert "The seat is yours" in browser.get(url).text
        seat.refresh_from_db()
        assert seat.status == "claimed"

    def test_of_one_that_does_not_hold_says_so(
        self, merchant: Merchant, team: Subscription
    ) -> None:
        unknown = httpx.get(f"{merchant.url}/seats/claim/unknown")
        assert (unknown.status_code, "not valid" in unknown.text) == (404, True)
        seat = invite(team, origin=at(system_time()))
        CustomerSeat.objects.filter(pk=seat.pk).update(invitation_expires_at=seat.created_at)
        expired = httpx.get(f"{merchant.url}/seats/claim/{token_sent(seat)}")
        assert (expired.status_code, "has run out" in expired.text) == (410, True)
        Subscription.objects.filter(pk=team.pk).update(status="paused", paused_at=seat.created_at)
        ended = httpx.get(f"{merchant.url}/seats/claim/{token_sent(seat)}")
        assert (ended.status_code, "no seat here" in ended.text) == (410, True)


def test_the_buyer_is_the_owner(team: Subscription) -> None:
    owner = owner_of(team.customer)
    assert owner is not None
    assert team.customer.type == "team"
