"""What one person may do alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.approvals.models import Limit
from apps.approvals.selectors import may_decide, reason_for_second
from apps.backoffice.demo.logins import ensure_limits
from apps.core.errors import ValidationFailed
from apps.core.origin import Door, system_origin
from apps.events.models import Event
from tests.backoffice.acting import act, agree, happened
from tests.support.approvals import limit, make_staff, waiting

pytestmark = pytest.mark.django_db


class TestALimit:
    def test_is_reached_and_not_passed_alone(self) -> None:
        limit("finance", 1000)
        user = make_staff()
        assert reason_for_second(user, "finance", {"usd": 1000}) == ""
        assert "Above $10.00" in reason_for_second(user, "finance", {"usd": 1001})

    def test_of_another_role_does_not_count(self) -> None:
        limit("support", 1)
        assert reason_for_second(make_staff(), "finance", {"usd": 10**9}) == ""

    def test_in_one_currency_makes_every_other_one_wait(self) -> None:
        limit("finance", 10**6)
        assert "EUR" in reason_for_second(make_staff(), "finance", {"usd": 1, "eur": 1})
        limit("finance", 100, "eur")
        assert reason_for_second(make_staff(), "finance", {"usd": 1, "eur": 100}) == ""

    def test_lets_the_role_below_act_alone_up_to_it(self) -> None:
        user = make_staff("support")
        assert "finance" in reason_for_second(user, "finance", {"usd": 1})
        limit("support", 500)
        assert reason_for_second(user, "finance", {"usd": 500}) == ""
        assert reason_for_second(user, "finance", {"usd": 501})
        # What moves no money is no matter of limits.
        assert "finance" in reason_for_second(user, "finance", {})


class TestTheSecondPerson:
    def test_is_somebody_else_of_the_role_who_is_active(self) -> None:
        approval = waiting()
        assert not may_decide(approval.requested_by, approval)
        assert not may_decide(make_staff("support"), approval)
        assert may_decide(make_staff("finance"), approval)
        assert may_decide(make_staff("admin"), approval)
        assert not may_decide(User(staff_role="finance", is_active=False), approval)

    def test_is_held_to_what_the_role_agrees_to(self) -> None:
        limit("finance", 100, approval_amount=1199)
        assert not may_decide(make_staff(), waiting())
        limit("finance", 100, approval_amount=1200)
        assert may_decide(make_staff(), waiting())


class TestSetLimit:
    def test_is_told_once(self) -> None:
        for _ in range(2):
            limit("finance", 1000)
        limit("finance", 2000)
        changes = list(Event.objects.filter(type="limit.set").order_by("pk"))
        assert [one.changes["amount"] for one in changes] == [[None, 1000], [1000, 2000]]
        assert Limit.objects.get().amount == 2000

    @pytest.mark.parametrize(
        "wrong", [("viewer", 1, "usd"), ("finance", -1, "usd"), ("finance", 1, "xxx")]
    )
    def test_refuses_what_makes_no_sense(self, wrong: tuple[str, int, str]) -> None:
        with pytest.raises(ValidationFailed):
            limit(*wrong)

    def test_is_for_admins(self, staff: Any) -> None:
        facts = {"role": "finance", "currency": "USD", "amount": "5000.00"}
        assert act(staff("finance"), "approvals_limit_set_limit", **facts).status_code == 403
        agree(staff("admin"), "approvals_limit_set_limit", **facts)
        assert Limit.objects.get().amount == 500_000
        assert happened("limit.set", "admin@example.com")
        agree(staff("admin"), "approvals_limit_remove", Limit.objects.get().pk)
        assert not Limit.objects.exists()
        assert happened("limit.removed", "admin@example.com")

    def test_asks_again_for_what_is_no_amount(self, staff: Any) -> None:
        for currency, amount in (("usd", "much"), ("zzz", "1"), ("usd", "-1")):
            facts = {"role": "finance", "currency": currency, "amount": amount}
            act(staff("admin"), "approvals_limit_set_limit", **facts)
        assert not Limit.objects.exists()


def test_the_database_wants_two_persons() -> None:
    approval = waiting()
    approval.status, approval.decided_at = "applied", approval.created_at
    for user in (approval.requested_by, None):
        approval.decided_by = user
        with pytest.raises(IntegrityError), transaction.atomic():
            approval.save()
    approval.decided_by = make_staff()
    approval.save()


def test_the_demo_limits_its_staff_and_leaves_what_was_changed() -> None:
    limit("finance", 7, "eur")
    origin = system_origin(Door.COMMAND)
    for _ in range(2):
        ensure_limits(origin=origin)
    kept = {(one.role, one.currency): one.amount for one in Limit.objects.all()}
    assert kept == {("finance", "eur"): 7, ("support", "usd"): 10_000, ("support", "eur"): 10_000}
