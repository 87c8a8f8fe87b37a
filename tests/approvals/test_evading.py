"""Ways around the second person that are closed: parts, other sessions, other roles, limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.accounts.operations import change_staff_role, create_user, set_password
from apps.approvals.models import AloneAct, Approval, Limit
from apps.approvals.selectors import may_decide
from apps.core.origin import Actor, Door, Origin, build_origin
from apps.core.plans import Money, Plan
from apps.customers.models import Customer
from apps.wallets.models import Wallet
from tests.backoffice.acting import act, agree, fingerprint_in
from tests.support.approvals import PLAN, limit, make_staff, waiting
from tests.wallets.conftest import give, left

pytestmark = pytest.mark.django_db
ADJUST = "wallets_wallet_adjust"


@pytest.fixture
def wallet(customer: Customer) -> Wallet:
    """One dollar, and nobody of finance gives more than ten alone."""
    give(customer, 100)
    limit("finance", 1000)
    return Wallet.objects.get()


def some(amount: str) -> dict[str, str]:
    return {"direction": "give", "amount": amount}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def by(user: User) -> Origin:
    return build_origin(
        actor=Actor.STAFF, actor_id=str(user.pk), actor_label=user.email, door=Door.BACKOFFICE
    )


class TestParts:
    def test_of_one_sum_add_up(self, wallet: Wallet, customer: Customer) -> None:
        user = make_staff()
        agree(signed_in(user), ADJUST, wallet.pk, **some("6.00"))
        # A second session is the same person.
        shown = act(signed_in(user), ADJUST, wallet.pk, **some("4.01")).content.decode()
        assert "You moved $6.00 of it alone today" in shown
        agree(signed_in(user), ADJUST, wallet.pk, **some("4.01"))
        assert (left(customer), Approval.objects.count()) == (700, 1)
        agree(signed_in(user), ADJUST, wallet.pk, **some("4.00"))
        assert (left(customer), Approval.objects.count()) == (1100, 1)

    def test_add_up_for_one_person_and_one_day(self, wallet: Wallet, customer: Customer) -> None:
        user = make_staff()
        agree(signed_in(user), ADJUST, wallet.pk, **some("10.00"))
        agree(signed_in(make_staff()), ADJUST, wallet.pk, **some("10.00"))
        act_of = AloneAct.objects.filter(user=user)
        act_of.update(at=act_of.get().at - timedelta(days=1))
        agree(signed_in(user), ADJUST, wallet.pk, **some("10.00"))
        assert (left(customer), Approval.objects.count()) == (3100, 0)

    def test_that_were_looked_at_together_do_not_pass_together(
        self, wallet: Wallet, customer: Customer
    ) -> None:
        """Both sessions have seen a plan within the limit, each before the other applied."""
        user = make_staff()
        first, second = signed_in(user), signed_in(user)
        seen = fingerprint_in(act(second, ADJUST, wallet.pk, **some("7.00")))
        agree(first, ADJUST, wallet.pk, **some("7.00"))
        act(second, ADJUST, wallet.pk, **some("7.00"), _agreed=seen)
        assert left(customer) == 800

    def test_of_those_without_a_limit_are_not_kept(self, wallet: Wallet) -> None:
        agree(signed_in(make_staff("admin")), ADJUST, wallet.pk, **some("50.00"))
        assert not AloneAct.objects.exists()


class TestWhoAsked:
    @pytest.mark.parametrize("lost", [{"staff_role": ""}, {"is_active": False}])
    def test_has_to_be_somebody_still(
        self, wallet: Wallet, customer: Customer, lost: dict[str, Any]
    ) -> None:
        user = make_staff()
        agree(signed_in(user), ADJUST, wallet.pk, **some("50.00"))
        User.objects.filter(pk=user.pk).update(**lost)
        approval = Approval.objects.get()
        agree(signed_in(make_staff()), "approvals_approval_approve", approval.pk)
        approval.refresh_from_db()
        assert (approval.status, left(customer)) == ("stale", 100)


class TestTheSecondPerson:
    @pytest.mark.parametrize(
        "let_in",
        [
            lambda one, other: set_password(user_id=other.pk, password="x" * 20, origin=by(one)),
            lambda one, other: change_staff_role(
                user_id=other.pk, staff_role="admin", origin=by(one)
            ),
        ],
    )
    @pytest.mark.parametrize("is_turned", [False, True])
    def test_is_nobody_whom_the_first_has_just_let_in(
        self, let_in: Callable[[User, User], object], is_turned: bool
    ) -> None:
        approval = waiting()
        other = make_staff()
        pair = (approval.requested_by, other)
        assert may_decide(other, approval)
        let_in(*(reversed(pair) if is_turned else pair))
        other.refresh_from_db()
        assert not may_decide(other, approval)
        assert may_decide(make_staff(), approval)
        Approval.objects.update(created_at=approval.created_at + timedelta(days=8))
        approval.refresh_from_db()
        assert may_decide(other, approval)

    def test_is_no_account_made_for_it(self) -> None:
        approval = waiting()
        made = create_user(
            email="b@example.com",
            name="B",
            password="x" * 20,
            staff_role="finance",
            origin=by(approval.requested_by),
        )
        assert not may_decide(made, approval)

    def test_is_held_to_each_currency_and_to_what_it_moves_by_now(self) -> None:
        limit("finance", 100, approval_amount=1200)
        limit("finance", 100, "eur", approval_amount=10)
        both = Plan(title="x", money=(*PLAN.money, Money("Goes back too", 11, "eur")))
        assert not may_decide(make_staff(), waiting(plan=both))
        assert may_decide(make_staff(), waiting())
        assert not may_decide(make_staff(), waiting(), {"usd": 1201})


class TestLimits:
    FACTS = {"role": "admin", "currency": "usd", "amount": "9000.00"}

    def set(self, client: Client, **facts: str) -> None:
        agree(client, "approvals_limit_set_limit", **{**self.FACTS, **facts})

    def test_are_loosened_by_two(self, staff: Any) -> None:
        limit("admin", 1000)
        self.set(staff("admin"))
        assert (Limit.objects.get().amount, Approval.objects.count()) == (1000, 1)
        agree(staff("admin"), "approvals_approval_approve", Approval.objects.get().pk)
        assert Limit.objects.get().amount == 1000
        agree(
            signed_in(make_staff("admin")),
            "approvals_approval_approve",
            Approval.objects.get().pk,
        )
        assert Limit.objects.get().amount == 900_000

    def test_are_tightened_and_made_by_one(self, staff: Any) -> None:
        self.set(staff("admin"))
        self.set(staff("admin"), amount="8000.00")
        self.set(staff("admin"), role="finance")
        assert sorted(Limit.objects.values_list("role", "amount")) == [
            ("admin", 800_000),
            ("finance", 900_000),
        ]
        assert not Approval.objects.exists()

    def test_of_others_are_loosened_by_two_as_well(self, staff: Any) -> None:
        limit("admin", 1000)
        limit("finance", 1000, approval_amount=5)
        self.set(staff("admin"), role="finance", amount="10.00")
        self.set(staff("admin"), role="finance", amount="1.00", currency="eur")
        assert Approval.objects.count() == 2
        self.set(staff("admin"), role="finance", amount="0.01", approval_amount="0.05")
        assert Limit.objects.get(role="finance").amount == 1

    def test_are_taken_away_by_two_where_none_is_left(self, staff: Any) -> None:
        last = limit("admin", 1000)
        other = limit("admin", 1000, "eur")
        agree(staff("admin"), "approvals_limit_remove", other.pk)
        agree(staff("admin"), "approvals_limit_remove", last.pk)
        assert (Limit.objects.get(), Approval.objects.count()) == (last, 1)
