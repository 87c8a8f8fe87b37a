"""Seats are given away, accepted, sent again and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apps.benefits.models import BenefitGrant
from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.plans import PlanChanged, PlanImpossible
from apps.customers.inputs import MemberInput
from apps.customers.models import Member
from apps.customers.operations import create_member, delete_customer, delete_member
from apps.customers.selectors import owner_of
from apps.events.models import Event
from apps.notifications.models import Mail
from apps.seats.errors import (
    FeatureNotEnabled,
    InvalidInvitationToken,
    InvalidSeatAssignmentRequest,
    MemberEmailMismatch,
    SeatAlreadyAssigned,
    SeatNotAvailable,
    SeatNotPending,
    SeatsNotGiven,
    TooManyInvitations,
)
from apps.seats.models import CustomerSeat
from apps.seats.operations import (
    SeatTarget,
    assign_seat,
    plan_assign_seat,
    plan_resend_invitation,
    plan_revoke_seat,
    resend_invitation,
    revoke_seat,
    seat_buyer,
)
from apps.seats.selectors import available_count, find_container
from apps.seats.states import MAX_INVITATIONS
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import revoke_subscription
from tests.support.grants import make_benefit, put_on, spy, work_off
from tests.support.seats import (
    accept,
    invite,
    make_seat_order,
    make_team,
    seating_of,
    sit_down,
    token_sent,
)
from tests.support.subscribers import START, at, make_merchant, make_subscriber, make_subscription

pytestmark = pytest.mark.django_db


def later(**delta: float) -> Any:
    return at(START + timedelta(**delta))


def events() -> list[str]:
    rows = Event.objects.filter(type__startswith="customer_seat.").order_by("id")
    return [row.type.removeprefix("customer_seat.") for row in rows]


def left(team: Subscription) -> int:
    return available_count(find_container(seating_of(team), at=START))


class TestAssign:
    def test_invites_somebody_new_who_becomes_a_member(self) -> None:
        team = make_team(seats=2)
        seat = invite(team, "ann@example.com", metadata={"desk": 4})
        assert (seat.status, seat.claimed_at, seat.metadata) == ("pending", None, {"desk": 4})
        assert seat.member is not None
        assert (seat.member.email, seat.member.role) == ("ann@example.com", "member")
        assert seat.invitation_expires_at == START + timedelta(hours=24)
        assert left(team) == 1
        mail = Mail.objects.get(kind="seat_invitation")
        assert mail.recipient == "ann@example.com"
        assert token_sent(seat) not in str(CustomerSeat.objects.values().get())
        assert events() == ["assigned"]

    def test_takes_a_member_who_is_there(self) -> None:
        team = make_team()
        there = create_member(
            customer_id=team.customer_id,
            data=MemberInput(email="Ann@example.com", external_id="m1"),
            origin=at(),
        )
        targets = [
            SeatTarget(email="ann@EXAMPLE.com"),
            SeatTarget(member_id=there.pk),
            SeatTarget(external_member_id="m1"),
            SeatTarget(external_member_id="m1", email="ann@example.com"),
        ]
        for target in targets:
            seat = assign_seat(seated=seating_of(team), target=target, origin=at())
            assert seat.member == there
            revoke_seat(seat_id=seat.pk, origin=at())
        assert CustomerSeat.objects.count() == 1
        assert Member.objects.filter(customer=team.customer_id).count() == 2

    def test_finds_the_address_of_another_customer(self) -> None:
        team = make_team()
        other = make_subscriber(
            team.organization, email="bea@example.com", name="Bea", external_id="x1"
        )
        seat = assign_seat(
            seated=seating_of(team), target=SeatTarget(customer_id=other.pk), origin=at()
        )
        assert seat.member is not None
        assert (seat.member.email, seat.member.name) == ("bea@example.com", "Bea")
        assert seat.customer_id == team.customer_id
        revoke_seat(seat_id=seat.pk, origin=at())
        again = assign_seat(
            seated=seating_of(team), target=SeatTarget(external_customer_id="x1"), origin=at()
        )
        assert again.member == seat.member or again.member is not None

    def test_may_be_theirs_at_once_without_a_mail(self) -> None:
        team = make_team()
        seat = invite(team, "ann@example.com", is_immediate=True)
        assert (seat.status, seat.invitation_hash) == ("claimed", None)
        assert not Mail.objects.filter(kind="seat_invitation").exists()
        assert events() == ["assigned", "claimed"]

    @pytest.mark.parametrize(
        "target",
        [
            SeatTarget(),
            SeatTarget(email="a@example.com", external_customer_id="x"),
            SeatTarget(external_member_id="m", external_customer_id="x"),
        ],
    )
    def test_refuses_nobody_and_two(self, target: SeatTarget) -> None:
        team = make_team()
        with pytest.raises(InvalidSeatAssignmentRequest):
            assign_seat(seated=seating_of(team), target=target, origin=at())
        assert not CustomerSeat.objects.exists()

    def test_refuses_a_member_with_anothers_address(self) -> None:
        team = make_team()
        for name in ("a", "b"):
            create_member(
                customer_id=team.customer_id,
                data=MemberInput(email=f"{name}@example.com", external_id=name),
                origin=at(),
            )
        target = SeatTarget(email="a@example.com", external_member_id="b")
        with pytest.raises(MemberEmailMismatch):
            assign_seat(seated=seating_of(team), target=target, origin=at())

    def test_refuses_more_people_than_seats_and_the_same_person_twice(self) -> None:
        team = make_team(seats=2)
        invite(team, "ann@example.com")
        with pytest.raises(SeatAlreadyAssigned):
            invite(team, "ANN@example.com")
        invite(team)
        with pytest.raises(SeatNotAvailable):
            invite(team)
        assert CustomerSeat.objects.count() == 2

    def test_refuses_what_gives_no_seats(self) -> None:
        merchant = make_merchant()
        with pytest.raises(ResourceNotFound):
            invite(make_subscription(merchant))
        with pytest.raises(SeatsNotGiven):
            invite(make_seat_order(merchant, status="pending", paid_at=None))
        team = make_team()
        revoke_subscription(subscription_id=team.pk, origin=at())
        with pytest.raises(SeatsNotGiven):
            invite(team)

    def test_refuses_a_merchant_who_may_not(self) -> None:
        team = make_team()
        team.organization.feature_settings = {"seat_based_pricing_enabled": False}
        team.organization.save()
        with pytest.raises(FeatureNotEnabled):
            invite(team)
        assert seat_buyer(seated=seating_of(team), origin=at()) is None

    @pytest.mark.parametrize("metadata", [{str(n): n for n in range(11)}, {"a": "x" * 1024}])
    def test_refuses_much_metadata(self, metadata: dict[str, Any]) -> None:
        with pytest.raises(ValidationFailed):
            invite(make_team(), metadata=metadata)

    def test_refuses_unknown_people(self) -> None:
        team, other = make_team(), make_subscriber(make_merchant())
        for target in (
            SeatTarget(customer_id=other.pk),
            SeatTarget(external_customer_id="nobody"),
            SeatTarget(member_id=owner_of(other).pk),  # type: ignore[union-attr]
            SeatTarget(external_member_id="nobody"),
        ):
            with pytest.raises(ResourceNotFound):
                assign_seat(seated=seating_of(team), target=target, origin=at())

    def test_does_what_its_plan_says(self) -> None:
        team = make_team(seats=1)
        target = SeatTarget(email="ann@example.com")
        plan = plan_assign_seat(seated=seating_of(team), target=target, origin=at())
        before = Event.objects.count()
        assign_seat(seated=seating_of(team), target=target, agreed=plan.fingerprint, origin=at())
        told = Event.objects.order_by("id")[before:]
        assert tuple(row.type for row in told) == plan.events
        other = SeatTarget(email="bob@example.com")
        assert plan_assign_seat(seated=seating_of(team), target=other, origin=at()).obstacles
        with pytest.raises(PlanImpossible):
            assign_seat(seated=seating_of(team), target=other, agreed="x", origin=at())
        revoke_seat(seat_id=CustomerSeat.objects.get().pk, origin=at())
        with pytest.raises(PlanChanged):
            assign_seat(seated=seating_of(team), target=other, agreed="x", origin=at())


class TestBuyer:
    def test_sits_on_the_first_seat_once(self) -> None:
        team = make_team()
        seat = seat_buyer(seated=seating_of(team), origin=at())
        assert seat is not None
        assert (seat.status, seat.member) == ("claimed", owner_of(team.customer))
        assert seat_buyer(seated=seating_of(team), origin=at()) is None
        assert CustomerSeat.objects.count() == 1

    def test_is_not_seated_again_by_another_order(self) -> None:
        first = make_seat_order(make_merchant())
        second = make_seat_order(first.organization, customer=first.customer, product=first.product)
        assert seat_buyer(seated=seating_of(first), origin=at()) is not None
        orders = [first.pk, second.pk]
        again = seat_buyer(seated=seating_of(second), unless_in_orders=orders, origin=at())
        assert again is None

    def test_is_not_seated_where_there_is_no_room(self) -> None:
        team = make_team(seats=1)
        invite(team)
        assert seat_buyer(seated=seating_of(team), origin=at()) is None


class TestClaim:
    def test_gives_the_seat_and_a_way_in(self) -> None:
        team = make_team()
        claimed = accept(invite(team, "ann@example.com"), origin=later(hours=23))
        assert claimed.seat.status == "claimed"
        assert claimed.seat.claimed_at == START + timedelta(hours=23)
        assert claimed.session.member == claimed.seat.member
        assert claimed.session.customer_id == team.customer_id
        assert claimed.token.startswith("polar_cst_")
        assert events() == ["assigned", "claimed"]

    def test_is_done_once(self) -> None:
        seat = invite(make_team())
        accept(seat)
        with pytest.raises(InvalidInvitationToken):
            accept(seat)
        assert events() == ["assigned", "claimed"]

    def test_refuses_an_invitation_that_has_run_out(self) -> None:
        seat = invite(make_team())
        with pytest.raises(InvalidInvitationToken):
            accept(seat, origin=later(hours=24))

    def test_refuses_one_of_a_seat_that_was_taken_back(self) -> None:
        seat = invite(make_team())
        revoke_seat(seat_id=seat.pk, origin=at())
        with pytest.raises(InvalidInvitationToken):
            accept(seat)

    def test_refuses_one_to_what_has_ended(self) -> None:
        team = make_team()
        seat = invite(team)
        revoke_subscription(subscription_id=team.pk, origin=at())
        with pytest.raises(InvalidInvitationToken):
            accept(seat)


class TestResend:
    def test_sends_another_that_holds_anew(self) -> None:
        seat = invite(make_team(), "ann@example.com")
        old = token_sent(seat)
        sent = resend_invitation(seat_id=seat.pk, origin=later(hours=30))
        assert sent.invitation_expires_at == START + timedelta(hours=54)
        assert token_sent(seat) != old
        assert Mail.objects.filter(kind="seat_invitation").count() == 2
        assert events() == ["assigned", "invited"]
        accept(seat, origin=later(hours=50))

    def test_refuses_a_seat_that_is_not_pending(self) -> None:
        team = make_team()
        claimed, revoked = sit_down(team), invite(team)
        revoke_seat(seat_id=revoked.pk, origin=at())
        for seat in (claimed, revoked):
            with pytest.raises(SeatNotPending):
                resend_invitation(seat_id=seat.pk, origin=at())

    def test_writes_only_so_often(self) -> None:
        seat = invite(make_team())
        for _ in range(MAX_INVITATIONS - 1):
            plan = plan_resend_invitation(seat_id=seat.pk, origin=at())
            resend_invitation(seat_id=seat.pk, agreed=plan.fingerprint, origin=at())
        with pytest.raises(TooManyInvitations):
            resend_invitation(seat_id=seat.pk, origin=at())
        assert plan_resend_invitation(seat_id=seat.pk, origin=at()).obstacles
        assert Mail.objects.filter(kind="seat_invitation").count() == MAX_INVITATIONS


class TestRevoke:
    def test_frees_the_seat_and_forgets_who_had_it(self) -> None:
        team = make_team(seats=1)
        seat = sit_down(team, "ann@example.com")
        plan = plan_revoke_seat(seat_id=seat.pk, origin=at())
        revoked = revoke_seat(seat_id=seat.pk, agreed=plan.fingerprint, origin=later(days=1))
        assert (revoked.status, revoked.member, revoked.invitation_hash) == ("revoked", None, None)
        assert left(team) == 1
        team.refresh_from_db()
        assert team.seats == 1
        assert Mail.objects.get(kind="seat_revoked").recipient == "ann@example.com"
        assert invite(team).pk == seat.pk

    def test_does_nothing_the_second_time(self) -> None:
        seat = invite(make_team())
        revoke_seat(seat_id=seat.pk, origin=at())
        revoke_seat(seat_id=seat.pk, origin=at())
        assert events() == ["assigned", "revoked"]
        assert not Mail.objects.filter(kind="seat_revoked").exists()

    def test_follows_a_member_who_leaves(self) -> None:
        spy()
        team = make_team()
        put_on(team.product, make_benefit(team.organization))
        seat = sit_down(team)
        work_off()
        assert BenefitGrant.objects.get(granted_at__isnull=False).member == seat.member
        assert seat.member is not None
        delete_member(customer_id=team.customer_id, member_id=seat.member.pk, origin=at())
        work_off()
        seat.refresh_from_db()
        assert seat.status == "revoked"
        assert not BenefitGrant.objects.filter(granted_at__isnull=False).exists()
        assert not Mail.objects.filter(kind="seat_revoked").exists()

    def test_follows_a_customer_who_is_deleted(self) -> None:
        merchant = make_merchant()
        team = make_team(merchant)
        order = make_seat_order(merchant, customer=team.customer)
        for bought in (team, order):
            sit_down(bought, "ann@example.com")
        delete_customer(customer_id=team.customer_id, anonymize=True, origin=at())
        work_off()
        assert set(CustomerSeat.objects.values_list("status", "member")) == {("revoked", None)}
