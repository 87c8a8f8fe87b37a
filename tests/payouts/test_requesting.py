from __future__ import annotations

from datetime import timedelta

import pytest

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.core.plans import PlanChanged, PlanImpossible
from apps.events.models import Event
from apps.organizations.models import Organization
from apps.organizations.operations import change_status
from apps.payouts.errors import (
    InsufficientBalance,
    NotManualPayout,
    NotReadyAccount,
    OrganizationCannotPayout,
    PayoutAccountInUse,
    PayoutIntervalLimitReached,
)
from apps.payouts.models import Payout, PayoutProfile
from apps.payouts.operations import (
    begin_cancel,
    begin_transfer,
    delete_payout_account,
    estimate_payout,
    mark_payout_paid,
    plan_request_payout,
    request_payout,
    run_payout_schedule,
    set_payout_schedule,
    take_account_facts,
)
from apps.payouts.readiness import INCOMPLETE, PAUSED, READY, UNDER_REVIEW, status_of
from apps.payouts.selectors import due_schedule_ids, money_of, schedules_due_by
from tests.payouts.conftest import NOW
from tests.support.books import broken_books
from tests.support.merchants import make_organization
from tests.support.payouts import (
    earn,
    link,
    make_account,
    origin_at,
    prove,
    ready_facts,
    transferred,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def request(organization: Organization, at: timedelta = timedelta()) -> Payout:
    return request_payout(organization_id=organization.pk, origin=origin_at(NOW + at))


def balance(organization: Organization) -> int:
    return money_of(organization.pk, at=NOW).balance_amount


def move(organization: Organization, *statuses: str) -> None:
    for status in statuses:
        change_status(organization_id=organization.pk, to=status, origin=origin_at(NOW))


class TestRequestPayout:
    def test_takes_all_that_is_available_and_no_more(self, organization: Organization) -> None:
        earn(organization, 5000, at=NOW, available_at=NOW + DAY)
        payout = request(organization)

        assert (payout.gross_amount, payout.fees_amount, payout.amount) == (10_000, 250, 9750)
        assert (payout.status, payout.account_currency) == ("pending", "usd")
        assert balance(organization) == 5000
        event = Event.objects.get(type="payout.created")
        assert event.payload["amount"] == 9750
        assert broken_books() == []

    def test_refuses_in_order_and_leaves_no_trace(self, origin: Origin) -> None:
        organization = make_organization(status="created")
        for refusal, remedy in (
            (OrganizationCannotPayout, lambda: move(organization, "active")),
            (NotReadyAccount, lambda: link(organization, make_account(at=NOW), at=NOW)),
            (InsufficientBalance, lambda: earn(organization, 1000, at=NOW)),
        ):
            with pytest.raises(refusal):
                request(organization)
            remedy()
        assert not Payout.objects.exists()
        assert request(organization).gross_amount == 1000

    def test_refuses_an_account_that_takes_no_money(self, organization: Organization) -> None:
        account = PayoutProfile.objects.get().payout_account
        assert account is not None
        facts = ready_facts(account.processor_id or "", is_payout_enabled=False)
        take_account_facts(account_id=account.pk, facts=facts, origin=origin_at(NOW))
        with pytest.raises(NotReadyAccount):
            request(organization)

    def test_waits_a_day_unless_it_was_canceled(self, organization: Organization) -> None:
        first = request(organization)
        earn(organization, 10_000, at=NOW)
        with pytest.raises(PayoutIntervalLimitReached):
            request(organization, DAY - timedelta(seconds=1))
        # An estimate does not mind.
        estimate = estimate_payout(organization=organization, origin=origin_at(NOW))
        # The account was paid for this month.
        assert estimate.amounts.net_amount == 9950
        begin_cancel(payout_id=first.pk, origin=origin_at(NOW))
        second = request(organization, timedelta(hours=1))
        # Also by the one that was canceled.
        assert (second.gross_amount, second.fees_amount) == (20_000, 75)
        assert second.invoice_number == "CMPT-0002"

    def test_again_after_exactly_a_day(self, organization: Organization) -> None:
        request(organization)
        earn(organization, 10_000, at=NOW)
        assert request(organization, DAY).amount == 9950

    def test_refuses_another_plan_than_was_agreed_to(self, organization: Organization) -> None:
        plan = plan_request_payout(organization=organization, origin=origin_at(NOW))
        earn(organization, 1, at=NOW)
        with pytest.raises(PlanChanged):
            request_payout(
                organization_id=organization.pk, agreed=plan.fingerprint, origin=origin_at(NOW)
            )


class TestHolds:
    def test_go_on_when_the_organization_is_approved(self, organization: Organization) -> None:
        move(organization, "review")
        payout = request(organization)
        assert payout.status == "held"
        assert begin_transfer(payout_id=payout.pk, origin=origin_at(NOW)).status == "held"

        move(organization, "active")
        payout.refresh_from_db()
        assert (payout.status, payout.next_check_at is not None) == ("pending", True)
        assert Event.objects.filter(type="payout.released").count() == 1

    @pytest.mark.parametrize("status", ["denied", "blocked", "offboarding"])
    def test_are_given_back_when_it_is_shut_out(
        self, organization: Organization, status: str
    ) -> None:
        request(organization)
        move(organization, "review")
        earn(organization, 10_000, at=NOW)
        held = request(organization, DAY)
        assert held.status == "held"
        move(organization, status)

        assert set(Payout.objects.values_list("status", flat=True)) == {"canceled"}
        assert balance(organization) == 20_000
        assert broken_books() == []

    def test_are_given_back_when_it_starts_again(self, organization: Organization) -> None:
        first = request(organization)
        move(organization, "review")
        earn(organization, 10_000, at=NOW)
        held = request(organization, DAY)
        move(organization, "created")

        first.refresh_from_db()
        held.refresh_from_db()
        assert (first.status, held.status) == ("pending", "canceled")

    def test_leave_what_is_being_asked_about(self, organization: Organization) -> None:
        payout = request(organization)
        begin_transfer(payout_id=payout.pk, origin=origin_at(NOW))
        move(organization, "blocked")
        payout.refresh_from_db()
        assert (payout.status, payout.transfer_status) == ("pending", "asked")

    def test_ask_the_processor_for_what_was_transferred(self, organization: Organization) -> None:
        payout = transferred(request(organization), at=NOW)
        move(organization, "blocked")
        payout.refresh_from_db()
        assert (payout.status, payout.transfer_status) == ("pending", "returning")


class TestTransfer:
    def test_is_not_made_to_an_account_that_was_left(self, organization: Organization) -> None:
        payout = request(organization)
        link(organization, make_account(at=NOW), at=NOW)
        left = begin_transfer(payout_id=payout.pk, origin=origin_at(NOW))
        assert (left.status, balance(organization)) == ("canceled", 10_000)

    def test_is_not_made_without_the_capability(self, organization: Organization) -> None:
        payout = request(organization)
        organization.capabilities = {**organization.capabilities, "payouts": False}
        organization.save()
        waiting = begin_transfer(payout_id=payout.pk, origin=origin_at(NOW))
        assert waiting.transfer_status == "none"


class TestManual:
    def test_costs_nothing_and_waits_for_people(self, origin: Origin) -> None:
        organization = make_organization()
        link(organization, make_account(at=NOW, type="manual"), at=NOW)
        earn(organization, 10_000, at=NOW)
        payout = request(organization)
        assert (payout.fees_amount, payout.next_check_at) == (0, None)
        assert begin_transfer(payout_id=payout.pk, origin=origin).transfer_status == "none"
        with pytest.raises(ValidationFailed):
            mark_payout_paid(payout_id=payout.pk, reference=" ", origin=origin)
        with pytest.raises(PlanImpossible):
            mark_payout_paid(payout_id=payout.pk, reference="WIRE 1", origin=origin)
        prove(payout, at=NOW)
        paid = mark_payout_paid(payout_id=payout.pk, reference="WIRE 1", origin=origin)
        assert (paid.status, paid.settled_amount) == ("succeeded", 10_000)
        with pytest.raises(NotManualPayout):
            mark_payout_paid(payout_id=payout.pk, reference="WIRE 1", origin=origin)
        assert broken_books() == []

    def test_is_the_only_kind_that_people_pay(
        self, organization: Organization, origin: Origin
    ) -> None:
        payout = request(organization)
        with pytest.raises(NotManualPayout):
            mark_payout_paid(payout_id=payout.pk, reference="WIRE 1", origin=origin)


class TestSchedule:
    @pytest.mark.parametrize(
        ("schedule", "day"), [("daily", (3, 2)), ("weekly", (3, 8)), ("monthly", (4, 1))]
    )
    def test_pays_at_midnight(
        self, organization: Organization, schedule: str, day: tuple[int, int]
    ) -> None:
        # A Monday.
        profile = set_payout_schedule(
            organization_id=organization.pk, schedule=schedule, origin=origin_at(NOW)
        )
        due = profile.next_payout_at
        assert due is not None and (due.month, due.day, due.hour) == (*day, 0)
        early = origin_at(due - timedelta(seconds=1))
        assert run_payout_schedule(organization_id=organization.pk, origin=early) is None
        assert organization.pk in due_schedule_ids(at=due)
        assert [one.at for one in schedules_due_by(organization.pk, due)] == [due]

        payout = run_payout_schedule(organization_id=organization.pk, origin=origin_at(due))
        assert payout is not None and payout.trigger == "schedule"
        assert run_payout_schedule(organization_id=organization.pk, origin=origin_at(due)) is None
        assert due_schedule_ids(at=due) == []

    def test_tells_what_it_could_not_pay_and_goes_on(self, origin: Origin) -> None:
        organization = make_organization()
        profile = set_payout_schedule(
            organization_id=organization.pk, schedule="daily", origin=origin
        )
        due = profile.next_payout_at
        assert due is not None
        assert run_payout_schedule(organization_id=organization.pk, origin=origin_at(due)) is None
        assert Event.objects.get(type="payout.skipped").payload["error"] == "NotReadyAccount"
        profile.refresh_from_db()
        assert profile.next_payout_at == due + DAY

    def test_can_be_switched_off(self, organization: Organization, origin: Origin) -> None:
        for schedule in ("weekly", "off"):
            profile = set_payout_schedule(
                organization_id=organization.pk, schedule=schedule, origin=origin
            )
        assert profile.next_payout_at is None
        with pytest.raises(ValidationFailed):
            set_payout_schedule(organization_id=organization.pk, schedule="hourly", origin=origin)


class TestAccounts:
    def test_say_what_they_lack(self) -> None:
        account = make_account(at=NOW)
        assert status_of(account) == READY
        account.is_payout_enabled = False
        assert status_of(account) == PAUSED
        account.requirements = {"pending": ["individual.id_number"]}
        assert status_of(account) == UNDER_REVIEW
        account.requirements = {"due": ["external_account"]}
        assert status_of(account) == INCOMPLETE
        account.requirements, account.is_submitted = {}, False
        assert status_of(account) == INCOMPLETE

    def test_are_not_closed_while_they_are_needed(
        self, organization: Organization, origin: Origin
    ) -> None:
        payout = request(organization)
        with pytest.raises(PayoutAccountInUse):
            delete_payout_account(account_id=payout.payout_account_id, origin=origin)
        link(organization, None, at=NOW)
        with pytest.raises(PayoutAccountInUse):
            delete_payout_account(account_id=payout.payout_account_id, origin=origin)
        begin_cancel(payout_id=payout.pk, origin=origin)
        account = delete_payout_account(account_id=payout.payout_account_id, origin=origin)
        assert account.deleted_at == NOW
