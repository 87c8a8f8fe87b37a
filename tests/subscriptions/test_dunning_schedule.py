"""The schedule of tries: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.subscriptions.dunning import (
    Decision,
    Failure,
    Step,
    access_until,
    coming_tries,
    deadline_at,
    decide,
    has_access,
    intervals_of,
)

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
USUAL = intervals_of({})


def failure(**facts: Any) -> Failure:
    given_facts: dict[str, Any] = {
        "at": START,
        "failure_count": 1,
        "is_first": False,
        "is_recoverable": True,
        "is_void": False,
        "has_ended": False,
        "past_due_at": START,
    }
    return Failure(**{**given_facts, **facts})


def life(intervals: tuple[timedelta, ...], *, is_recoverable: bool = True) -> list[datetime]:
    """When an order is tried that always fails; the last failure ends the subscription."""
    tries, at, count = [START], START, 1
    while True:
        decision = decide(
            failure(
                at=at,
                failure_count=count,
                is_first=count == 1,
                is_recoverable=is_recoverable,
            ),
            intervals,
        )
        if decision.step is Step.REVOKE:
            return tries
        assert decision.next_attempt_at is not None
        at, count = decision.next_attempt_at, count + 1
        tries.append(at)


class TestSchedule:
    def test_tries_on_days_0_2_7_14_and_21(self) -> None:
        assert [(at - START).days for at in life(USUAL)] == [0, 2, 7, 14, 21]

    def test_asks_a_bank_that_says_no_for_good_once_more_at_the_deadline(self) -> None:
        assert life(USUAL, is_recoverable=False) == [START, deadline_at(START, USUAL)]

    def test_waits_for_the_deadline_from_wherever_it_stands(self) -> None:
        at = START + 7 * DAY
        decision = decide(failure(at=at, failure_count=3, is_recoverable=False), USUAL)
        assert decision == Decision(step=Step.RETRY, next_attempt_at=deadline_at(START, USUAL))

    @given(st.lists(st.integers(1, 60), min_size=1, max_size=10))
    def test_of_any_organization_ends_by_its_deadline(self, days: list[int]) -> None:
        intervals = intervals_of({"dunning_intervals": days})
        tries = life(intervals)
        assert len(tries) == len(days) + 1
        assert tries == sorted(set(tries))
        assert tries[-1] <= deadline_at(START, intervals)
        assert tries[-1] == START + sum(days) * DAY


class TestComingTries:
    @given(st.lists(st.integers(1, 60), min_size=1, max_size=10))
    def test_are_those_that_happen(self, days: list[int]) -> None:
        intervals = intervals_of({"dunning_intervals": days})
        lived = life(intervals)
        for count in range(1, len(lived)):
            foretold = coming_tries(
                lived[count], failure_count=count, past_due_at=START, intervals=intervals
            )
            assert foretold == lived[count:]

    def test_end_with_the_one_at_the_deadline(self) -> None:
        deadline = deadline_at(START, USUAL)
        foretold = coming_tries(deadline, failure_count=1, past_due_at=START, intervals=USUAL)
        assert foretold == [deadline]


class TestDecide:
    @pytest.mark.parametrize(
        ("facts", "step"),
        [
            ({"is_first": True, "is_void": True}, Step.STOP),
            ({"is_first": True, "has_ended": True}, Step.STOP),
            ({"has_ended": True, "failure_count": 5}, Step.STOP),
            ({"is_void": True}, Step.REVOKE),
            ({"failure_count": 4}, Step.RETRY),
            ({"failure_count": 5}, Step.REVOKE),
            ({"failure_count": 0, "at": START + 22 * DAY}, Step.REVOKE),
            # A renewal that fails for the first time late in the dunning of another has its try.
            ({"is_first": True, "at": START + 22 * DAY}, Step.RETRY),
        ],
    )
    def test_knows_when_to_stop(self, facts: dict[str, Any], step: Step) -> None:
        assert decide(failure(**facts), USUAL).step is step


class TestAccess:
    def test_lasts_as_long_as_the_grace_period(self) -> None:
        settings = {"benefit_revocation_grace_period": 7}
        end = access_until(START, settings)
        assert end == START + 7 * DAY
        assert has_access("past_due", START, settings, at=end - timedelta(seconds=1))
        assert not has_access("past_due", START, settings, at=end)

    def test_needs_no_grace_while_all_is_paid(self) -> None:
        assert has_access("active", None, {}, at=START)
        assert has_access("trialing", None, {}, at=START)
        assert not has_access("past_due", START, {}, at=START)
        assert not has_access("canceled", None, {}, at=START)
        assert not has_access("paused", None, {}, at=START)
