"""Payouts that meet themselves, and processes that die at every step: nothing is paid twice."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.core.origin import Origin
from apps.organizations.models import Organization
from apps.payouts.errors import (
    InsufficientBalance,
    PayoutIntervalLimitReached,
    PayoutNotCancelable,
    PayoutNotRetryable,
    PayoutOutcomeOpen,
    PendingPayoutCreation,
)
from apps.payouts.locks import claim_payout_request
from apps.payouts.models import Payout
from apps.payouts.operations import (
    begin_attempt,
    begin_cancel,
    begin_transfer,
    cancel_payout,
    requesting,
    retry_payout,
    send_attempt,
    send_payout_to_bank,
    settle_attempt,
    settle_transfer,
    transfer_payout,
)
from apps.payouts.selectors import money_of, unknown_attempt_ids, waiting_transfer_ids
from tests.payouts.conftest import NOW, Bank, bank, origin
from tests.support import payout_crashes
from tests.support.books import broken_books
from tests.support.merchants import make_organization
from tests.support.mortals import EXIT_CODE
from tests.support.payouts import bank_payout, origin_at
from tests.support.stripesim import stripesim
from tests.support.threads import together

__all__ = ["bank", "origin", "stripesim"]
pytestmark = pytest.mark.django_db(transaction=True)
LATER = origin_at(NOW + timedelta(minutes=5))


def paid_out(bank: Bank) -> int:
    """What the sandbox has sent to the account and not taken back."""
    transfers = bank.sim.client().v1.transfers.list(
        {"destination": bank.account.processor_id or "", "limit": 50}
    )
    return sum(one.amount - one.amount_reversed for one in transfers.data)


def resume() -> None:
    """What the sweeper does, five minutes later."""
    for payout_id in waiting_transfer_ids(at=LATER.at):
        payout = Payout.objects.get(pk=payout_id)
        if payout.transfer_status == "returning":
            cancel_payout(payout_id=payout_id, origin=LATER)
        else:
            transfer_payout(payout_id=payout_id, origin=LATER)
    for attempt_id in unknown_attempt_ids(at=LATER.at):
        send_attempt(attempt_id=attempt_id, origin=LATER)


class TestTwoRequests:
    def ask(self, bank: Bank) -> list[Any]:
        def request() -> Payout:
            return bank.request()

        return together(request, request)

    def test_make_one_payout(self, bank: Bank) -> None:
        outcomes = self.ask(bank)
        refusals = (PendingPayoutCreation, PayoutIntervalLimitReached, InsufficientBalance)
        assert sum(isinstance(one, Payout) for one in outcomes) == 1, outcomes
        assert any(isinstance(one, refusals) for one in outcomes)
        assert money_of(bank.organization.pk, at=NOW).balance_amount == 0

    def test_pay_no_transfer_twice_even_without_the_locks(
        self, bank: Bank, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        meeting = threading.Barrier(2)
        estimate = requesting._estimate

        def meet(*facts: Any) -> Any:
            found = estimate(*facts)
            if len(facts) == 2:
                # Both have seen the same money before either takes it.
                meeting.wait(10)
            return found

        monkeypatch.setattr(requesting, "claim_payout_request", lambda _: True)
        monkeypatch.setattr(
            requesting, "lock_organization", lambda pk: Organization.objects.get(pk=pk)
        )
        monkeypatch.setattr(requesting, "_estimate", meet)
        numbers = iter(("A-1", "A-2"))
        monkeypatch.setattr(requesting, "_next_invoice_number", lambda _: next(numbers))
        outcomes = self.ask(bank)
        assert sum(isinstance(one, IntegrityError) for one in outcomes) == 1, outcomes
        assert money_of(bank.organization.pk, at=NOW).balance_amount == 0
        assert broken_books() == []

    def test_would_pay_twice_without_locks_and_lines(
        self, bank: Bank, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        meeting = threading.Barrier(2)

        def seen(*, organization_id: Any, at: Any, **_: Any) -> int:
            found = money_of(organization_id, at=at).available_amount
            meeting.wait(10)
            return found

        monkeypatch.setattr(requesting, "claim_payout_request", lambda _: True)
        monkeypatch.setattr(
            requesting, "lock_organization", lambda pk: Organization.objects.get(pk=pk)
        )
        monkeypatch.setattr(requesting, "cover_available", seen)
        numbers = iter(("A-1", "A-2"))
        monkeypatch.setattr(requesting, "_next_invoice_number", lambda _: next(numbers))
        self.ask(bank)
        assert money_of(bank.organization.pk, at=NOW).balance_amount == -10_000
        assert broken_books() != []


def test_a_claim_is_for_one_organization(bank: Bank) -> None:
    with transaction.atomic():
        assert claim_payout_request(bank.organization.pk)
        other = make_organization()
        assert claim_payout_request(other.pk)


class TestCancelAgainstTransfer:
    @pytest.mark.parametrize("_round", range(4))
    def test_ends_with_the_money_on_one_side(self, bank: Bank, origin: Origin, _round: int) -> None:
        payout = bank.request()
        outcomes = together(
            lambda: transfer_payout(payout_id=payout.pk, origin=origin),
            lambda: cancel_payout(payout_id=payout.pk, origin=origin),
        )
        payout.refresh_from_db()
        money = money_of(bank.organization.pk, at=NOW).balance_amount
        if payout.status == "canceled":
            assert paid_out(bank) == 0
            assert money == (9750 if payout.transfer_status == "returned" else 10_000)
        else:
            assert isinstance(outcomes[1], PayoutOutcomeOpen), outcomes
            assert (paid_out(bank), money) == (9750, 0)
        assert broken_books() == []


class TestCancelAgainstTheBank:
    @pytest.mark.parametrize("_round", range(4))
    def test_never_pays_what_was_canceled(self, bank: Bank, origin: Origin, _round: int) -> None:
        payout = bank.request()
        transfer_payout(payout_id=payout.pk, origin=origin)
        together(
            lambda: send_payout_to_bank(payout_id=payout.pk, origin=origin),
            lambda: cancel_payout(payout_id=payout.pk, origin=origin),
        )
        payout.refresh_from_db()
        is_canceled = payout.status == "canceled"
        assert is_canceled == (paid_out(bank) == 0)
        assert len(bank.bank_payouts()) == (0 if is_canceled else 1)
        assert broken_books() == []


class TestTwoTries:
    def test_pay_once(self, bank: Bank, origin: Origin) -> None:
        payout = bank.request()
        transfer_payout(payout_id=payout.pk, origin=origin)
        outcomes = together(
            lambda: retry_payout(payout_id=payout.pk, origin=origin),
            lambda: retry_payout(payout_id=payout.pk, origin=origin),
        )
        refused = (PayoutNotRetryable, PayoutOutcomeOpen)
        assert sum(isinstance(one, refused) for one in outcomes) == 1, outcomes
        assert len(bank.bank_payouts()) == 1

    @pytest.mark.parametrize("_round", range(3))
    def test_and_a_report_of_failure_pay_no_more_than_all(
        self, bank: Bank, origin: Origin, _round: int
    ) -> None:
        payout = bank.request()
        transfer_payout(payout_id=payout.pk, origin=origin)
        first = send_payout_to_bank(payout_id=payout.pk, origin=origin)
        assert first is not None
        report = bank_payout("failed", at=NOW, id=first.processor_id)
        outcomes = together(
            lambda: settle_attempt(attempt_id=first.pk, facts=report, origin=origin),
            lambda: begin_attempt(payout_id=payout.pk, origin=origin),
        )
        payout.refresh_from_db()
        is_tried = not isinstance(outcomes[1], Exception)
        assert payout.status == ("pending" if is_tried else "failed"), outcomes
        assert broken_books() == []

    def test_of_a_cancel_give_back_once(self, bank: Bank, origin: Origin) -> None:
        payout = bank.request()
        outcomes = together(
            lambda: begin_cancel(payout_id=payout.pk, origin=origin),
            lambda: begin_cancel(payout_id=payout.pk, origin=origin),
        )
        assert sum(isinstance(one, PayoutNotCancelable) for one in outcomes) == 1
        assert money_of(bank.organization.pk, at=NOW).balance_amount == 10_000


class TestCrashes:
    @pytest.mark.parametrize("point", payout_crashes.POINTS["transfer"])
    def test_of_a_transfer_leave_one(self, bank: Bank, origin: Origin, point: str) -> None:
        payout = bank.request()
        self.die(bank, "transfer", point, payout)
        assert broken_books() == []
        resume()
        payout.refresh_from_db()
        assert (payout.transfer_status, payout.account_amount) == ("made", 9750)
        assert paid_out(bank) == 9750 and broken_books() == []

    @pytest.mark.parametrize("point", payout_crashes.POINTS["send"])
    def test_of_a_try_leave_one(self, bank: Bank, origin: Origin, point: str) -> None:
        payout = bank.request()
        transfer_payout(payout_id=payout.pk, origin=origin)
        self.die(bank, "send", point, payout)
        resume()
        send_payout_to_bank(payout_id=payout.pk, origin=LATER)
        assert payout.attempts.get().processor_id == bank.bank_payouts()[0].id
        assert len(bank.bank_payouts()) == 1 and broken_books() == []

    @pytest.mark.parametrize("point", payout_crashes.POINTS["cancel"])
    def test_of_a_return_give_back_once(self, bank: Bank, origin: Origin, point: str) -> None:
        payout = bank.request()
        transfer_payout(payout_id=payout.pk, origin=origin)
        self.die(bank, "cancel", point, payout)
        assert broken_books() == []
        resume()
        payout.refresh_from_db()
        if payout.status != "canceled":
            cancel_payout(payout_id=payout.pk, origin=LATER)
        assert paid_out(bank) == 0
        assert money_of(bank.organization.pk, at=NOW).balance_amount == 9750
        assert broken_books() == []

    def die(self, bank: Bank, work: str, point: str, payout: Payout) -> None:
        code = payout_crashes.run(work, point, bank.sim.url, payout_id=payout.pk, at=NOW)
        assert code == EXIT_CODE


def test_answers_that_come_twice_are_booked_once(bank: Bank, origin: Origin) -> None:
    payout = bank.request()
    begin_transfer(payout_id=payout.pk, origin=origin)

    def settle() -> Payout:
        return settle_transfer(
            payout_id=payout.pk, transfer_id="tr_1", account_amount=9750, origin=origin
        )

    together(settle, settle)
    assert broken_books() == []
    begin_attempt(payout_id=payout.pk, origin=origin)
    with pytest.raises(PayoutOutcomeOpen):
        begin_attempt(payout_id=payout.pk, origin=origin)
