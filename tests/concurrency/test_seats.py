"""Many at once on the seats of one purchase."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from apps.core.ids import new_id
from apps.seats.containers import keepers
from apps.seats.models import CustomerSeat
from apps.seats.operations import (
    assigning,
    claim_seat,
    resend_invitation,
    revoke_seat,
    seat_buyer,
)
from apps.seats.states import TAKEN
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import change_seats, revoke_subscription
from apps.subscriptions.operations.entitling import align_benefits
from tests.support.seats import invite, make_team, seating_of, sit_down, token_sent
from tests.support.subscribers import START, at
from tests.support.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 8


def named(results: list[Any]) -> Counter[str]:
    """Errors by their name, everything else as done."""
    return Counter(type(one).__name__ if isinstance(one, Exception) else "done" for one in results)


def taken(team: Subscription) -> int:
    rows = CustomerSeat.objects.filter(subscription_id=team.pk, status__in=TAKEN)
    return rows.count()


def give(team: Subscription) -> Callable[[], Any]:
    email = f"{new_id().hex}@example.com"
    return lambda: invite(team, email)


def claim(token: str) -> Callable[[], Any]:
    return lambda: claim_seat(
        token=token, session_expires_at=START + timedelta(days=9999), origin=at()
    )


class TestTheLastSeat:
    def test_goes_to_one(self) -> None:
        team = make_team(seats=3)
        invite(team)
        invite(team)
        results = named(together(*[give(team) for _ in range(MANY)]))
        assert results == {"done": 1, "SeatNotAvailable": MANY - 1}
        assert taken(team) == 3

    def test_goes_to_several_without_the_lock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the lock is for: each counts before the others have written."""
        team = make_team(seats=1)
        keeper = keepers()["subscription_id"]
        monkeypatch.setattr(
            assigning, "lock_container", lambda seated, at: keeper.find(team.pk, at)
        )
        everybody, count = Barrier(MANY), assigning.available_count

        def counted(container: Any) -> int:
            found = count(container)
            everybody.wait(10)
            return found

        monkeypatch.setattr(assigning, "available_count", counted)
        assert named(together(*[give(team) for _ in range(MANY)])) == {"done": MANY}
        assert taken(team) == MANY

    def test_goes_once_to_one_person(self) -> None:
        team = make_team(seats=5)
        results = named(together(*[lambda: invite(team, "ann@example.com")] * MANY))
        assert results == {"done": 1, "SeatAlreadyAssigned": MANY - 1}
        assert team.customer.members.filter(email="ann@example.com").count() == 1

    def test_of_the_buyer_is_one(self) -> None:
        team = make_team(seats=5)
        together(*[lambda: seat_buyer(seated=seating_of(team), origin=at())] * MANY)
        assert taken(team) == 1


class TestAnInvitation:
    def test_is_claimed_once(self) -> None:
        seat = invite(make_team())
        results = named(together(*[claim(token_sent(seat))] * MANY))
        assert results == {"done": 1, "InvalidInvitationToken": MANY - 1}

    def test_is_claimed_or_revoked_last(self) -> None:
        team = make_team()
        for _ in range(3):
            seat = invite(team)
            results = together(
                claim(token_sent(seat)), partial(revoke_seat, seat_id=seat.pk, origin=at())
            )
            assert not isinstance(results[1], Exception)
            seat.refresh_from_db()
            assert (seat.status, seat.member) == ("revoked", None)

    def test_is_claimed_or_replaced(self) -> None:
        seat = invite(make_team())
        results = named(
            together(
                claim(token_sent(seat)), lambda: resend_invitation(seat_id=seat.pk, origin=at())
            )
        )
        assert results["done"] == 1
        assert set(results) <= {"done", "InvalidInvitationToken", "SeatNotPending"}


class TestTheNumber:
    def test_never_falls_below_the_people(self) -> None:
        for _ in range(3):
            team = make_team(seats=4)
            sit_down(team)
            results = together(
                give(team),
                partial(
                    change_seats,
                    subscription_id=team.pk,
                    seats=1,
                    behavior="prorate",
                    origin=at(),
                ),
                give(team),
            )
            team.refresh_from_db()
            assert taken(team) <= (team.seats or 0)
            assert named(results)["done"] >= 1

    def test_of_an_ended_subscription_is_none(self) -> None:
        team = make_team(seats=4)
        together(
            give(team),
            lambda: revoke_subscription(subscription_id=team.pk, origin=at()),
            lambda: align_benefits(subscription_id=team.pk, origin=at()),
            give(team),
        )
        align_benefits(subscription_id=team.pk, origin=at())
        assert taken(team) == 0
