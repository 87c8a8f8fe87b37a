"""Reserves and holds: taken, given back on their days or by staff, made longer; the books agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.core.plans import Plan, PlanChanged
from apps.core.timers import timers
from apps.ledger.models import Transfer
from apps.ledger.operations import post_sale
from apps.ledger.sales import Sale
from apps.organizations.models import Organization
from apps.payouts.errors import (
    HoldReleased,
    HoldTooLarge,
    InsufficientBalance,
    ReserveAlreadySet,
    ReserveEnded,
)
from apps.payouts.models import Hold, Reserve, ReservePart
from apps.payouts.operations import (
    HoldTerms,
    ReserveTerms,
    extend_hold,
    extend_reserve,
    place_hold,
    plan_place_hold,
    plan_release_hold,
    plan_release_reserve,
    plan_set_reserve,
    release_due_hold,
    release_due_reserve,
    release_hold,
    release_reserve,
    request_payout,
    set_reserve,
)
from apps.payouts.selectors import due_hold_ids, due_reserve_ids, money_of
from apps.payouts.tasks import release_kept_task
from tests.ledger.conftest import sale_of
from tests.payouts.conftest import NOW
from tests.support.books import broken_books
from tests.support.payouts import earn, origin_at

pytestmark = pytest.mark.django_db
TEN_PERCENT = ReserveTerms(kind="rolling", bps=1000, days=30)


def sell(organization: Organization, amount: int, *, at: datetime = NOW, **facts: Any) -> Sale:
    usual = {"settlement_amount": amount, "presentment_amount": amount}
    sold = sale_of(organization, **usual, presentment_tax_amount=0, settlement_fee=0, **facts)
    post_sale(sale=sold, origin=origin_at(at))
    return sold


def amounts(organization: Organization, *, at: datetime) -> tuple[int, int]:
    money = money_of(organization.pk, at=at)
    return money.available_amount, money.pending_amount


def kept(organization: Organization, kind: str) -> int:
    moves = Transfer.objects.filter(entry__organization=organization)
    into = sum(one.amount for one in moves.filter(credit_account__kind=kind))
    return into - sum(one.amount for one in moves.filter(debit_account__kind=kind))


def booked(organization: Organization) -> list[tuple[str, str, int]]:
    moves = Transfer.objects.filter(entry__organization=organization).order_by("pk")
    rows = moves.values_list("debit_account__kind", "credit_account__kind", "amount")
    return [
        (debit.replace("_", " "), credit.replace("_", " "), amount)
        for debit, credit, amount in rows
    ]


def planned(plan: Plan) -> list[tuple[str, str, int]]:
    return [(one.debit, one.credit, one.amount) for one in plan.transfers]


class TestRollingReserve:
    def test_takes_its_share_of_each_sale_until_its_day(
        self, organization: Organization, origin: Origin
    ) -> None:
        set_reserve(organization_id=organization.pk, terms=TEN_PERCENT, origin=origin)
        before = amounts(organization, at=NOW)
        sell(organization, 9999)
        part = ReservePart.objects.get()
        # Half a cent goes up; the sale's midnight is the end of its thirtieth day.
        assert part.amount == 1000
        assert part.release_at == datetime(2027, 4, 1, tzinfo=UTC)
        assert kept(organization, "reserved") == 1000
        # What is kept was not available yet, and takes nothing of what is.
        assert amounts(organization, at=NOW)[0] == before[0] == 10_000
        mature = NOW + timedelta(days=8)
        fee = 500 + 50 if part.amount else 0
        assert amounts(organization, at=mature) == (10_000 + 9999 - 1000 - fee, 0)
        assert broken_books() == []

    def test_gives_each_day_back_once(self, organization: Organization, origin: Origin) -> None:
        reserve = set_reserve(organization_id=organization.pk, terms=TEN_PERCENT, origin=origin)
        sell(organization, 1000)
        sell(organization, 2000)
        sell(organization, 5000, at=NOW + timedelta(days=1))
        day = origin_at(datetime(2027, 4, 1, tzinfo=UTC))
        assert release_due_reserve(reserve_id=reserve.pk, origin=origin_at(NOW)) == 0
        assert release_due_reserve(reserve_id=reserve.pk, origin=day) == 300
        assert release_due_reserve(reserve_id=reserve.pk, origin=day) == 0
        assert kept(organization, "reserved") == 500
        assert Reserve.objects.get().ended_at is None
        assert broken_books() == []

    def test_knows_a_sale_that_comes_twice(
        self, organization: Organization, origin: Origin
    ) -> None:
        set_reserve(organization_id=organization.pk, terms=TEN_PERCENT, origin=origin)
        sold = sell(organization, 1000)
        post_sale(sale=sold, origin=origin)
        assert ReservePart.objects.count() == 1

    def test_ends_at_once_without_paying_what_has_not_matured(
        self, organization: Organization, origin: Origin
    ) -> None:
        reserve = set_reserve(organization_id=organization.pk, terms=TEN_PERCENT, origin=origin)
        sell(organization, 1000)
        plan = plan_release_reserve(reserve=reserve, origin=origin)
        before = booked(organization)
        release_reserve(reserve_id=reserve.pk, agreed=plan.fingerprint, origin=origin)
        assert booked(organization)[len(before) :] == planned(plan)
        assert amounts(organization, at=NOW)[0] == 10_000
        sell(organization, 1000)
        assert kept(organization, "reserved") == 0 and broken_books() == []
        with pytest.raises(ReserveEnded):
            release_reserve(reserve_id=reserve.pk, origin=origin)

    def test_may_end_and_keep_its_days(self, organization: Organization, origin: Origin) -> None:
        reserve = set_reserve(organization_id=organization.pk, terms=TEN_PERCENT, origin=origin)
        sell(organization, 1000)
        release_reserve(reserve_id=reserve.pk, keeps_dates=True, origin=origin)
        sell(organization, 1000)
        assert kept(organization, "reserved") == 100
        later = origin_at(NOW + timedelta(days=40))
        assert release_due_reserve(reserve_id=reserve.pk, origin=later) == 100
        assert kept(organization, "reserved") == 0 and broken_books() == []

    def test_is_made_to_last_longer(self, organization: Organization, origin: Origin) -> None:
        reserve = set_reserve(organization_id=organization.pk, terms=TEN_PERCENT, origin=origin)
        sell(organization, 1000)
        until = NOW + timedelta(days=90)
        extend_reserve(reserve_id=reserve.pk, until=until, origin=origin)
        assert ReservePart.objects.get().release_at == until
        with pytest.raises(ValidationFailed):
            extend_reserve(reserve_id=reserve.pk, until=until, origin=origin)

    def test_stands_once(self, organization: Organization, origin: Origin) -> None:
        set_reserve(organization_id=organization.pk, terms=TEN_PERCENT, origin=origin)
        with pytest.raises(ReserveAlreadySet):
            set_reserve(organization_id=organization.pk, terms=TEN_PERCENT, origin=origin)


class TestFixedReserve:
    def terms(self, amount: int, **facts: Any) -> ReserveTerms:
        return ReserveTerms(kind="fixed", amount=amount, **facts)

    def test_takes_what_is_available_and_is_not_paid_out(
        self, organization: Organization, origin: Origin
    ) -> None:
        plan = plan_set_reserve(organization=organization, terms=self.terms(4000), origin=origin)
        before = booked(organization)
        set_reserve(
            organization_id=organization.pk,
            terms=self.terms(4000),
            agreed=plan.fingerprint,
            origin=origin,
        )
        assert booked(organization)[len(before) :] == planned(plan)
        payout = request_payout(organization_id=organization.pk, origin=origin)
        assert payout.gross_amount == 6000
        assert broken_books() == []

    def test_is_filled_by_the_next_sales_and_leaves_no_debt(
        self, organization: Organization, origin: Origin
    ) -> None:
        set_reserve(organization_id=organization.pk, terms=self.terms(12_000), origin=origin)
        assert amounts(organization, at=NOW) == (0, 0)
        sell(organization, 1500)
        assert kept(organization, "reserved") == 10_000 + 1500 - 75 - 50
        assert sum(amounts(organization, at=NOW)) == 0
        sell(organization, 5000)
        assert kept(organization, "reserved") == 12_000
        assert sum(amounts(organization, at=NOW)) == 5000 - 250 - 50 - 625
        assert broken_books() == []

    def test_goes_back_at_its_end(self, organization: Organization, origin: Origin) -> None:
        end = NOW + timedelta(days=10)
        reserve = set_reserve(
            organization_id=organization.pk,
            terms=self.terms(4000, release_at=end),
            origin=origin,
        )
        assert due_reserve_ids(at=NOW) == []
        assert due_reserve_ids(at=end) == [reserve.pk]
        assert release_due_reserve(reserve_id=reserve.pk, origin=origin_at(end)) == 4000
        reserve.refresh_from_db()
        assert reserve.ended_at == end
        assert amounts(organization, at=end) == (10_000, 0)
        assert due_reserve_ids(at=end) == []

    def test_lasts_as_long_as_it_was_extended(
        self, organization: Organization, origin: Origin
    ) -> None:
        reserve = set_reserve(
            organization_id=organization.pk, terms=self.terms(4000), origin=origin
        )
        until = NOW + timedelta(days=5)
        extend_reserve(reserve_id=reserve.pk, until=until, origin=origin)
        assert release_due_reserve(reserve_id=reserve.pk, origin=origin) == 0
        assert release_due_reserve(reserve_id=reserve.pk, origin=origin_at(until)) == 4000

    @pytest.mark.parametrize(
        "terms",
        [
            ReserveTerms(kind="fixed", amount=0),
            ReserveTerms(kind="fixed", amount=1, release_at=NOW),
            ReserveTerms(kind="rolling", bps=10_001, days=1),
            ReserveTerms(kind="rolling", bps=100, days=0),
            ReserveTerms(kind="other"),
        ],
    )
    def test_refuses_terms_that_keep_nothing(
        self, organization: Organization, origin: Origin, terms: ReserveTerms
    ) -> None:
        with pytest.raises(ValidationFailed):
            set_reserve(organization_id=organization.pk, terms=terms, origin=origin)


class TestHold:
    def test_is_not_paid_out_until_released(
        self, organization: Organization, origin: Origin
    ) -> None:
        terms = HoldTerms(amount=9500)
        plan = plan_place_hold(organization=organization, terms=terms, origin=origin)
        before = booked(organization)
        hold = place_hold(
            organization_id=organization.pk,
            terms=terms,
            agreed=plan.fingerprint,
            origin=origin.because("Chargebacks"),
        )
        assert booked(organization)[len(before) :] == planned(plan)
        assert (hold.reason, hold.placed_by) == ("Chargebacks", "system")
        with pytest.raises(InsufficientBalance):
            request_payout(organization_id=organization.pk, origin=origin)
        released = plan_release_hold(hold=hold, origin=origin)
        before = booked(organization)
        release_hold(hold_id=hold.pk, agreed=released.fingerprint, origin=origin)
        assert booked(organization)[len(before) :] == planned(released)
        assert request_payout(organization_id=organization.pk, origin=origin).gross_amount == 10_000
        with pytest.raises(HoldReleased):
            release_hold(hold_id=hold.pk, origin=origin)
        assert broken_books() == []

    def test_may_be_filled_by_what_matures(
        self, organization: Organization, origin: Origin
    ) -> None:
        earn(organization, 3000, at=NOW, available_at=NOW + timedelta(days=3))
        place_hold(organization_id=organization.pk, terms=HoldTerms(amount=12_000), origin=origin)
        assert amounts(organization, at=NOW) == (-2000, 3000)
        with pytest.raises(HoldTooLarge):
            place_hold(organization_id=organization.pk, terms=HoldTerms(amount=1001), origin=origin)

    def test_ends_by_itself(self, organization: Organization, origin: Origin) -> None:
        end = NOW + timedelta(days=3)
        hold = place_hold(
            organization_id=organization.pk,
            terms=HoldTerms(amount=500, release_at=end),
            origin=origin,
        )
        release_due_hold(hold_id=hold.pk, origin=origin)
        assert due_hold_ids(at=NOW) == [] and due_hold_ids(at=end) == [hold.pk]
        extend_hold(hold_id=hold.pk, until=end + timedelta(days=1), origin=origin)
        assert due_hold_ids(at=end) == []
        release_due_hold(hold_id=hold.pk, origin=origin_at(end + timedelta(days=1)))
        assert Hold.objects.get().released_by == "system"
        assert amounts(organization, at=NOW) == (10_000, 0)

    def test_refuses_another_plan(self, organization: Organization, origin: Origin) -> None:
        terms = HoldTerms(amount=500)
        plan = plan_place_hold(organization=organization, terms=terms, origin=origin)
        with pytest.raises(PlanChanged):
            place_hold(
                organization_id=organization.pk,
                terms=HoldTerms(amount=501),
                agreed=plan.fingerprint,
                origin=origin,
            )


class TestByTheClock:
    def test_the_sweep_gives_back_what_is_over(
        self, organization: Organization, origin: Origin, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        past = origin_at(NOW.replace(year=2020))
        end = past.at + timedelta(days=1)
        earn(organization, 1000, at=past.at)
        terms = HoldTerms(amount=500, release_at=end)
        place_hold(organization_id=organization.pk, terms=terms, origin=past)
        set_reserve(
            organization_id=organization.pk,
            terms=ReserveTerms(kind="fixed", amount=300, release_at=end),
            origin=past,
        )
        release_kept_task()
        assert (kept(organization, "held"), kept(organization, "reserved")) == (0, 0)

    def test_the_time_machine_lives_through_them(
        self, organization: Organization, origin: Origin
    ) -> None:
        set_reserve(organization_id=organization.pk, terms=TEN_PERCENT, origin=origin)
        sell(organization, 1000)
        end = NOW + timedelta(days=2)
        terms = HoldTerms(amount=500, release_at=end)
        place_hold(organization_id=organization.pk, terms=terms, origin=origin)
        until = NOW + timedelta(days=60)
        for timer in timers():
            if timer.name in ("payouts.reserve", "payouts.hold"):
                for due in timer.due(organization.pk, until):
                    timer.run(due.subject_id, origin_at(due.at))
        assert (kept(organization, "held"), kept(organization, "reserved")) == (0, 0)
        assert broken_books() == []


def test_what_is_kept_is_checked_with_the_books(organization: Organization, origin: Origin) -> None:
    set_reserve(
        organization_id=organization.pk,
        terms=ReserveTerms(kind="fixed", amount=300),
        origin=origin,
    )
    place_hold(organization_id=organization.pk, terms=HoldTerms(amount=500), origin=origin)
    ReservePart.objects.update(amount=301)
    Hold.objects.update(amount=499)
    assert {one.check for one in broken_books()} == {
        "payouts.reserves_are_reserved",
        "payouts.holds_are_held",
    }
