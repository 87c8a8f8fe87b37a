"""Second persons who agree at the same moment, and processes that die while one does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from apps.accounts.models import User
from apps.approvals.carrying import carry_out
from apps.approvals.errors import ApprovalClosed, SecondPersonNeeded
from apps.approvals.models import AloneAct, Approval
from apps.approvals.operations import approve_plan, deciding, decline_approval, pass_alone
from apps.approvals.selectors import moved_alone, reason_for_second
from apps.core.origin import Actor, Door, Origin, build_origin
from apps.customers.models import Customer
from apps.events.models import Event
from apps.wallets.models import Wallet, WalletMovement
from apps.wallets.operations import plan_wallet_adjustment
from tests.support.approvals import limit, make_staff, waiting
from tests.support.threads import together
from tests.wallets.conftest import customer, give, left

__all__ = ["customer"]

pytestmark = pytest.mark.django_db(transaction=True)


def by(user: User) -> Origin:
    origin = build_origin(actor=Actor.STAFF, door=Door.BACKOFFICE, reason="Looks right")
    return replace(origin, actor_id=str(user.pk), actor_label=user.email)


def approve(approval: Approval, user: User) -> Approval:
    return approve_plan(
        approval_id=approval.pk,
        user_id=user.pk,
        act=lambda agreed: carry_out(approval, agreed, by(user)),
        origin=by(user),
    )


@pytest.fixture
def approval(customer: Customer) -> Approval:
    """Fifty dollars on top of one."""
    give(customer, 100)
    wallet = Wallet.objects.get()
    plan = plan_wallet_adjustment(customer=customer, currency="usd", amount=5000)
    form = {
        "_form_submitted": ["on"],
        "direction": ["give"],
        "amount": ["50.00"],
        "reason": ["Sorry"],
    }
    return waiting(
        wallet, plan=plan, verb="wallets.wallet.adjust", record_id=str(wallet.pk), form=form
    )


class TestTwoAtOnce:
    @pytest.mark.parametrize("_round", range(3))
    def test_agree_once(self, approval: Approval, customer: Customer, _round: int) -> None:
        others = [make_staff() for _ in range(3)]

        results = together(*[lambda one=one: approve(approval, one) for one in others])

        assert left(customer) == 5100
        assert sum(isinstance(one, Approval) for one in results) == 1
        assert all(isinstance(one, Approval | ApprovalClosed) for one in results), results
        assert Event.objects.filter(type="approval.applied").count() == 1
        assert WalletMovement.objects.filter(amount=5000).count() == 1

    @pytest.mark.parametrize("_round", range(3))
    def test_agree_or_decline(self, approval: Approval, customer: Customer, _round: int) -> None:
        one, other = make_staff(), make_staff()

        together(
            lambda: approve(approval, one),
            lambda: decline_approval(approval_id=approval.pk, user_id=other.pk, origin=by(other)),
        )

        status = Approval.objects.get().status
        assert (status, left(customer)) in (("applied", 5100), ("declined", 100))


def test_parts_at_once_in_two_sessions_add_up(customer: Customer) -> None:
    give(customer, 100)
    limit("finance", 1000)
    user, wallet, stakes = make_staff(), Wallet.objects.get(), {"usd": 700}

    def move(seconds: int) -> None:
        at = by(user).at + timedelta(seconds=seconds)
        pass_alone(
            user_id=user.pk,
            verb="wallets.wallet.adjust",
            subject=wallet,
            stakes=stakes,
            reason=lambda: reason_for_second(
                user, "finance", stakes, before=moved_alone(user, wallet, at=at)
            ),
            at=at,
        )

    results = together(*[lambda number=number: move(number) for number in range(3)])

    assert [type(one) for one in results].count(SecondPersonNeeded) == 2, results
    assert AloneAct.objects.count() == 1


class Died(BaseException):
    """The process is gone."""


class TestAProcessThatDies:
    @pytest.mark.parametrize(
        ("name", "is_before"), [("announce_approval", False), ("_decide", True)]
    )
    def test_before_the_commit_leaves_it_to_be_agreed_to_again(
        self,
        approval: Approval,
        customer: Customer,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
        is_before: bool,
    ) -> None:
        inner = getattr(deciding, name)

        def die(*args: Any, **kwargs: Any) -> Any:
            if not is_before:
                inner(*args, **kwargs)
            raise Died

        with monkeypatch.context() as patch, pytest.raises(Died):
            patch.setattr(deciding, name, die)
            approve(approval, make_staff())

        assert (Approval.objects.get().status, left(customer)) == ("waiting", 100)
        approve(approval, make_staff())
        assert (Approval.objects.get().status, left(customer)) == ("applied", 5100)

    def test_after_the_commit_leaves_it_done_once(
        self, approval: Approval, customer: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def die(**_: Any) -> Any:
            raise Died

        with monkeypatch.context() as patch, pytest.raises(Died):
            patch.setattr(deciding, "note_outcome", die)
            approve(approval, make_staff())

        assert (Approval.objects.get().status, left(customer)) == ("applied", 5100)
        with pytest.raises(ApprovalClosed):
            approve(approval, make_staff())
        assert left(customer) == 5100
