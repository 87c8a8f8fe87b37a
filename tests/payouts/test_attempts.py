"""Tries of a payout in any order of reports, and the payout that follows from them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.events.models import Event
from apps.payouts import inbound
from apps.payouts.errors import (
    OrganizationCannotPayout,
    PayoutAttemptTooLarge,
    PayoutNotCancelable,
    PayoutNotRetryable,
)
from apps.payouts.models import Payout, PayoutAttempt
from apps.payouts.operations import (
    ATTEMPT_KEY,
    begin_attempt,
    begin_cancel,
    fail_attempt,
    settle_attempt,
)
from apps.payouts.states import ATTEMPT, PAYOUT, Tried, payout_status, unclaimed_amount
from apps.processors.models import InboundEvent
from tests.payouts.conftest import NOW
from tests.support.books import broken_books
from tests.support.payouts import bank_payout, transferred

pytestmark = pytest.mark.django_db


@pytest.fixture
def arrived(payout: Payout) -> Payout:
    """In the payout account, in euros: fewer of them than dollars."""
    Payout.objects.filter(pk=payout.pk).update(account_currency="eur")
    return transferred(payout, at=NOW, arrived=7777)


def attempt(payout: Payout, origin: Origin, amount: int | None = None) -> PayoutAttempt:
    return begin_attempt(payout_id=payout.pk, amount=amount, origin=origin)


def told(one: PayoutAttempt, status: str, origin: Origin, **facts: str) -> Payout:
    facts = {"id": f"po_{one.pk.hex}", **facts}
    settle_attempt(attempt_id=one.pk, facts=bank_payout(status, at=NOW, **facts), origin=origin)
    return Payout.objects.get(pk=one.payout_id)


class TestTries:
    def test_are_not_begun_for_who_must_not_be_paid(self, arrived: Payout, origin: Origin) -> None:
        told(attempt(arrived, origin), "failed", origin)
        for status in ("denied", "blocked"):
            organization = arrived.organization
            organization.status, organization.capabilities = status, {}
            organization.save(update_fields=["status", "capabilities"])
            with pytest.raises(OrganizationCannotPayout):
                attempt(arrived, origin)
        assert arrived.attempts.count() == 1

    @pytest.mark.parametrize(
        ("currency", "arrives", "kept", "part"),
        [("kwd", 30_017, 30_010, 15), ("twd", 1_204_324, 1_204_300, 150), ("jpy", 777, 777, 0)],
    )
    def test_are_of_what_banks_take(
        self, payout: Payout, origin: Origin, currency: str, arrives: int, kept: int, part: int
    ) -> None:
        Payout.objects.filter(pk=payout.pk).update(account_currency=currency)
        there = transferred(payout, at=NOW, arrived=arrives)
        assert there.account_amount == kept
        if part:
            with pytest.raises(ValidationFailed):
                attempt(there, origin, part)
        paid = told(attempt(there, origin), "paid", origin)
        assert (paid.status, paid.settled_amount) == ("succeeded", paid.amount)
        assert broken_books() == []


class TestReports:
    def test_move_the_payout_and_the_books(self, arrived: Payout, origin: Origin) -> None:
        one = attempt(arrived, origin)
        assert told(one, "pending", origin).status == "pending"
        assert told(one, "in_transit", origin).status == "in_transit"
        paid = told(one, "paid", origin)
        assert (paid.status, paid.settled_amount, paid.paid_at) == ("succeeded", 9750, NOW)
        assert Event.objects.filter(type="payout.paid").count() == 1
        assert broken_books() == []

    def test_that_come_late_change_nothing(self, arrived: Payout, origin: Origin) -> None:
        one = attempt(arrived, origin)
        told(one, "paid", origin)
        for late in ("pending", "in_transit", "paid"):
            assert told(one, late, origin).status == "succeeded"
        told(one, "failed", origin, failure_code="no_account")
        for late in ("paid", "in_transit", "failed"):
            bounced = told(one, late, origin)
            assert (bounced.status, bounced.settled_amount) == ("failed", 0)
        assert bounced.paid_at is None and bounced.failure_code == "no_account"
        assert broken_books() == []

    def test_are_found_by_name_before_the_answer_is_kept(
        self, arrived: Payout, origin: Origin
    ) -> None:
        one = attempt(arrived, origin)
        payload = {
            "id": "po_1",
            "status": "paid",
            "amount": 7777,
            "currency": "eur",
            "arrival_date": int(NOW.timestamp()),
            "metadata": {ATTEMPT_KEY: str(one.pk)},
        }
        inbound.take_bank_payout(payload, InboundEvent(), origin)
        one.refresh_from_db()
        assert (one.status, one.processor_id) == ("succeeded", "po_1")
        # One that was made by hand at the processor is none of ours.
        inbound.take_bank_payout({**payload, "id": "po_2", "metadata": {}}, InboundEvent(), origin)
        assert PayoutAttempt.objects.count() == 1

    @pytest.mark.parametrize(
        ("forged", "account"),
        [
            ({"amount": 7776}, ""),
            ({"currency": "usd"}, ""),
            ({"id": "po_2"}, ""),
            ({}, "acct_another"),
        ],
    )
    def test_of_other_payouts_with_its_name_are_not_of_it(
        self, arrived: Payout, origin: Origin, forged: dict[str, Any], account: str
    ) -> None:
        one = attempt(arrived, origin)
        told(one, "in_transit", origin, id="po_1")
        payload = {
            "id": "po_1",
            "status": "paid",
            "amount": 7777,
            "currency": "eur",
            "arrival_date": int(NOW.timestamp()),
            "metadata": {ATTEMPT_KEY: str(one.pk)},
            **forged,
        }
        inbound.take_bank_payout(payload, InboundEvent(account=account), origin)
        one.refresh_from_db()
        assert one.status == "in_transit"


class TestParts:
    def test_add_up_to_the_last_cent(self, arrived: Payout, origin: Origin) -> None:
        for amount in (1, 3333, 4443):
            payout = told(attempt(arrived, origin, amount), "paid", origin)
        assert (payout.status, payout.settled_amount) == ("succeeded", 9750)
        assert broken_books() == []

    def test_stay_in_transit_until_all_has_arrived(self, arrived: Payout, origin: Origin) -> None:
        payout = told(attempt(arrived, origin, 5000), "paid", origin)
        assert (payout.status, payout.settled_amount) == ("in_transit", 9750 * 5000 // 7777)
        rest = attempt(arrived, origin)
        assert rest.amount == 2777
        failed = fail_attempt(attempt_id=rest.pk, code="x", message="No.", origin=origin)
        assert failed.status == "failed"
        payout.refresh_from_db()
        assert (payout.status, payout.failure_message) == ("in_transit", "No.")
        with pytest.raises(PayoutNotCancelable):
            begin_cancel(payout_id=payout.pk, origin=origin)
        assert broken_books() == []

    def test_that_come_back_take_back_their_own(self, arrived: Payout, origin: Origin) -> None:
        first, second = attempt(arrived, origin, 3333), None
        told(first, "paid", origin)
        second = attempt(arrived, origin)
        assert told(second, "paid", origin).status == "succeeded"
        payout = told(first, "failed", origin)
        assert payout.status == "in_transit" and broken_books() == []
        payout = told(attempt(arrived, origin), "paid", origin)
        assert (payout.status, payout.settled_amount) == ("succeeded", 9750)
        assert broken_books() == []


class TestRefusals:
    def test_of_more_than_is_left(self, arrived: Payout, origin: Origin) -> None:
        with pytest.raises(PayoutAttemptTooLarge):
            attempt(arrived, origin, 7778)
        told(attempt(arrived, origin, 7000), "pending", origin)
        with pytest.raises(PayoutAttemptTooLarge):
            attempt(arrived, origin, 778)
        told(attempt(arrived, origin), "pending", origin)
        with pytest.raises(PayoutNotRetryable):
            attempt(arrived, origin)

    def test_of_what_is_not_in_the_account(self, payout: Payout, origin: Origin) -> None:
        with pytest.raises(PayoutNotRetryable):
            attempt(payout, origin)
        begin_cancel(payout_id=payout.pk, origin=origin)
        with pytest.raises(PayoutNotRetryable):
            attempt(payout, origin)


tries = st.lists(
    st.builds(
        Tried,
        st.sampled_from(("pending", "in_transit", "succeeded", "failed")),
        st.integers(1, 5000),
    ),
    max_size=6,
)


@given(tries, st.integers(1, 9000), st.sampled_from(sorted(PAYOUT.moves)))
def test_a_payout_is_paid_exactly_when_its_parts_add_up(
    found: list[Tried], amount: int, current: str
) -> None:
    status = payout_status(current, found, amount=amount)
    paid = sum(one.amount for one in found if one.status == "succeeded")
    if current == "held":
        assert status == "held"
        return
    assert (status == "succeeded") == (paid >= amount)
    if status == "failed":
        assert found and all(one.status == "failed" for one in found)
    assert unclaimed_amount(found, amount=amount) <= amount


@given(st.lists(st.sampled_from(("pending", "in_transit", "succeeded", "failed")), max_size=8))
def test_a_try_never_goes_back(reports: list[str]) -> None:
    order = ("pending", "in_transit", "succeeded", "failed")
    status = "pending"
    for report in reports:
        if ATTEMPT.allows(status, report):
            assert order.index(report) > order.index(status)
            status = report
