"""Whatever happens, in whatever order: who sits on a paid seat has what it gives, nobody else."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.benefits.models import BenefitGrant
from apps.benefits.operations import lift_withdrawal, withdraw_order
from apps.benefits.strategies import Retriable, Work, register
from apps.core.errors import DomainError
from apps.core.ids import new_id
from apps.customers.operations import delete_member
from apps.orders.models import Order
from apps.orders.operations.entitling import align_order_benefits
from apps.seats.models import CustomerSeat
from apps.seats.operations import resend_invitation, revoke_seat, seat_buyer
from apps.seats.states import TAKEN
from apps.subscriptions.locks import lock_subscription
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import (
    change_seats,
    reinstate_subscription,
    revoke_subscription,
)
from apps.subscriptions.operations.dunning import mark_active, mark_past_due
from apps.subscriptions.operations.entitling import align_benefits
from tests.support.grants import SpyStrategy, let_time_pass, make_benefit, put_on, work_off
from tests.support.seats import accept, invite, make_seat_order, make_team, seating_of
from tests.support.subscribers import at, make_merchant, make_plan, seat_price

BENEFITS, PEOPLE = 2, 4
ANY = st.integers(0, 9)


@dataclass
class PersonalSpy(SpyStrategy):
    """Keeps for whom it is asked, too."""

    def _answer(self, verb: str, work: Work) -> dict[str, Any]:
        answer = super()._answer(verb, work)
        self.last[work.benefit.pk, work.member.pk if work.member else None] = verb
        return answer

    def __post_init__(self) -> None:
        self.last: dict[tuple[UUID, UUID | None], str] = {}


class Seats(RuleBasedStateMachine):
    """A team with a subscription and an order by the seat, and everything that can happen."""

    def __init__(self) -> None:
        super().__init__()
        self._undo = transaction.atomic()
        self._undo.__enter__()
        self.spy = PersonalSpy()
        register("spy", self.spy)
        self.organization = make_merchant(
            subscription_settings={"benefit_revocation_grace_period": 7}
        )
        plan = make_plan(self.organization, prices=[seat_price()])
        self.team = make_team(self.organization, plan=plan, seats=3)
        self.order = make_seat_order(self.organization, customer=self.team.customer, seats=2)
        self.benefits = [make_benefit(self.organization) for _ in range(BENEFITS)]
        self.on: dict[UUID | None, list[UUID]] = {
            self.team.product_id: [],
            self.order.product_id: [],
        }
        self.withdrawn: UUID | None = None
        self.is_down = False

    def teardown(self) -> None:
        """As if nothing had been."""
        transaction.set_rollback(True)
        self._undo.__exit__(None, None, None)

    # What teams do.

    @rule(who=st.integers(0, PEOPLE), is_order=st.booleans(), is_immediate=st.booleans())
    def give(self, who: int, is_order: bool, is_immediate: bool) -> None:
        """A seat for somebody, if there is one."""
        bought = self.order if is_order else self.team
        with contextlib.suppress(DomainError):
            invite(bought, f"p{who}@example.com", is_immediate=is_immediate)

    @rule(is_order=st.booleans())
    def sit(self, is_order: bool) -> None:
        """One for the buyer."""
        seat_buyer(seated=seating_of(self.order if is_order else self.team), origin=at())

    @rule(which=ANY)
    def take(self, which: int) -> None:
        """Somebody accepts."""
        seat = self._one(CustomerSeat.objects.filter(status="pending"), which)
        if seat is not None:
            with contextlib.suppress(DomainError):
                accept(seat)

    @rule(which=ANY)
    def remind(self, which: int) -> None:
        """Somebody is invited again."""
        seat = self._one(CustomerSeat.objects.all(), which)
        if seat is not None:
            with contextlib.suppress(DomainError):
                resend_invitation(seat_id=seat.pk, origin=at())

    @rule(which=ANY)
    def free(self, which: int) -> None:
        """A seat is taken back."""
        seat = self._one(CustomerSeat.objects.all(), which)
        if seat is not None:
            revoke_seat(seat_id=seat.pk, origin=at())

    @rule(which=ANY)
    def leave(self, which: int) -> None:
        """Somebody is no member any more."""
        members = self.team.customer.members.filter(deleted_at=None).exclude(role="owner")
        member = self._one(members, which)
        if member is not None:
            delete_member(customer_id=self.team.customer_id, member_id=member.pk, origin=at())

    @rule(seats=st.integers(1, 4))
    def resize(self, seats: int) -> None:
        """More seats, or fewer."""
        with contextlib.suppress(DomainError):
            change_seats(subscription_id=self.team.pk, seats=seats, behavior="prorate", origin=at())

    # What becomes of the money.

    @rule(move=st.sampled_from(["past_due", "active", "revoke", "reinstate"]))
    def move(self, move: str) -> None:
        """The subscription is not paid, is paid after all, ends, or comes back."""
        with contextlib.suppress(DomainError):
            if move == "past_due":
                mark_past_due(lock_subscription(self.team.pk), origin=at())
            elif move == "active":
                mark_active(lock_subscription(self.team.pk), origin=at())
            elif move == "revoke":
                revoke_subscription(subscription_id=self.team.pk, origin=at())
            else:
                reinstate_subscription(subscription_id=self.team.pk, origin=at())

    @precondition(lambda self: self.withdrawn is None)
    @rule()
    def take_back(self) -> None:
        """A refund that revokes, or a lost dispute."""
        self.withdrawn = new_id()
        withdraw_order(
            organization_id=self.organization.pk,
            order_id=self.order.pk,
            cause="refund",
            cause_id=self.withdrawn,
            origin=at(),
        )
        align_order_benefits(order_id=self.order.pk, origin=at())

    @precondition(lambda self: self.withdrawn is not None)
    @rule()
    def give_back(self) -> None:
        """The refund has failed."""
        assert self.withdrawn is not None
        lift_withdrawal(cause="refund", cause_id=self.withdrawn, origin=at())
        self.withdrawn = None
        align_order_benefits(order_id=self.order.pk, origin=at())

    @rule(is_order=st.booleans(), chosen=st.sets(st.integers(0, BENEFITS - 1)))
    def choose(self, is_order: bool, chosen: set[int]) -> None:
        """Other benefits for a product; the jobs come to everybody who has it."""
        product = self.order.product if is_order else self.team.product
        assert product is not None
        given = [self.benefits[n] for n in sorted(chosen)]
        put_on(product, *given)
        self.on[product.pk] = [one.pk for one in given]
        align_benefits(subscription_id=self.team.pk, origin=at())
        align_order_benefits(order_id=self.order.pk, origin=at())

    @rule()
    def outage(self) -> None:
        """The provider is down, or up again."""
        self.is_down = not self.is_down
        self.spy.failure = Retriable("Down.") if self.is_down else None

    # What must hold.

    @invariant()
    def nobody_sits_beside_a_seat(self) -> None:
        """Never more people than seats, and none on the seats of what has ended."""
        team = Subscription.objects.get(pk=self.team.pk)
        self._require_room(team, team.seats or 0)
        self._require_room(self.order, self.order.seats or 0)

    @invariant()
    def everybody_has_what_their_seat_gives(self) -> None:
        """Once the workers are done, and the provider is up."""
        work_off(at())
        if self.is_down:
            return
        let_time_pass()
        work_off(at())
        team = Subscription.objects.get(pk=self.team.pk)
        if team.status not in ("active", "past_due"):
            assert not self._seats(team).exclude(status="revoked").exists()
        granted = {
            (row.subscription_id or row.order_id, row.member_id, row.benefit_id)
            for row in BenefitGrant.objects.filter(granted_at__isnull=False)
        }
        expected = self._expected(team)
        assert granted == expected
        has = {(benefit_id, member_id) for _, member_id, benefit_id in expected}
        for key, verb in self.spy.last.items():
            assert (verb != "revoke") == (key in has), key

    def _expected(self, team: Subscription) -> set[tuple[Any, Any, UUID]]:
        giving: list[Subscription | Order] = []
        if team.status in ("active", "past_due"):
            giving.append(team)
        if self.withdrawn is None:
            giving.append(self.order)
        return {
            (bought.pk, seat.member_id, benefit_id)
            for bought in giving
            for seat in self._seats(bought).filter(status="claimed")
            for benefit_id in self.on[bought.product_id]
        }

    def _require_room(self, bought: Subscription | Order, count: int) -> None:
        taken = self._seats(bought).filter(status__in=TAKEN)
        assert taken.count() <= count
        assert taken.values("member").distinct().count() == taken.count()

    @staticmethod
    def _seats(bought: Subscription | Order) -> Any:
        kind = "order_id" if isinstance(bought, Order) else "subscription_id"
        return CustomerSeat.objects.filter(**{kind: bought.pk})

    @staticmethod
    def _one(rows: Any, which: int) -> Any:
        found = list(rows.order_by("id"))
        return found[which % len(found)] if found else None


@pytest.mark.django_db
def test_who_has_a_seat_has_what_it_gives() -> None:
    run_state_machine_as_test(
        Seats,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
