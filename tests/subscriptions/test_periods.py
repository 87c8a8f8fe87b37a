from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.subscriptions.periods import (
    add_interval,
    anchor_of,
    first_period,
    next_boundary,
    next_period,
)
from apps.subscriptions.trials import trial_end

HORIZON = timedelta(days=50 * 366)
STARTS = st.integers(0, 60 * 366 * 24 * 3600).map(
    lambda seconds: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
CALENDAR = st.tuples(st.sampled_from(["month", "year"]), st.integers(1, 24))
PLAIN = st.tuples(st.sampled_from(["day", "week"]), st.integers(1, 90))


def days_in(moment: datetime) -> int:
    return monthrange(moment.year, moment.month)[1]


def boundaries(start: datetime, interval: str, count: int, anchor: int) -> list[datetime]:
    """The boundaries of fifty years, the start first."""
    found = [start]
    while found[-1] < start + HORIZON:
        found.append(next_boundary(found[-1], interval=interval, count=count, anchor_day=anchor))
    return found


class TestFiftyYears:
    @given(STARTS, CALENDAR)
    def test_months_and_years_keep_their_anchor(
        self, start: datetime, cadence: tuple[str, int]
    ) -> None:
        interval, count = cadence
        found = boundaries(start, interval, count, start.day)
        months = count * (12 if interval == "year" else 1)
        for left, right in pairwise(found):
            assert left < right
            passed = (right.year - left.year) * 12 + right.month - left.month
            assert passed == months
            assert right.day == min(start.day, days_in(right))
            assert right.timetz() == start.timetz()

    @given(STARTS, PLAIN)
    def test_days_and_weeks_are_all_of_one_length(
        self, start: datetime, cadence: tuple[str, int]
    ) -> None:
        interval, count = cadence
        length = timedelta(days=count * (7 if interval == "week" else 1))
        found = boundaries(start, interval, count, start.day)[:200]
        assert {right - left for left, right in pairwise(found)} == {length}

    @given(STARTS, CALENDAR, st.integers(1, 31))
    def test_a_period_moved_off_its_anchor_comes_back_to_it(
        self, start: datetime, cadence: tuple[str, int], anchor: int
    ) -> None:
        interval, count = cadence
        found = boundaries(start, interval, count, anchor)
        for left, right in pairwise(found):
            assert left < right
            assert right.day == min(anchor, days_in(right))

    @given(STARTS, CALENDAR | PLAIN, st.integers(1, 31))
    def test_every_moment_is_in_one_period(
        self, start: datetime, cadence: tuple[str, int], anchor: int
    ) -> None:
        interval, count = cadence
        end = start
        for _ in range(60):
            period = next_period(end, interval=interval, count=count, anchor_day=anchor)
            assert period.start_at == end
            assert period.end_at > period.start_at
            end = period.end_at


class TestBoundaries:
    @pytest.mark.parametrize("anchor", range(1, 32))
    def test_every_anchor_meets_each_february(self, anchor: int) -> None:
        january = datetime(2024, 1, anchor, 9, tzinfo=UTC)
        leap = next_boundary(january, interval="month", count=1, anchor_day=anchor)
        assert leap.day == min(anchor, 29)
        march = next_boundary(leap, interval="month", count=1, anchor_day=anchor)
        assert march.day == anchor

    def test_leap_day_comes_back_every_four_years(self) -> None:
        found = boundaries(datetime(2024, 2, 29, tzinfo=UTC), "year", 1, 29)
        assert [day.day for day in found[:9]] == [29, 28, 28, 28, 29, 28, 28, 28, 29]

    def test_other_time_zones_are_read_as_the_same_moment(self) -> None:
        # An hour before midnight of the 31st in New York is the 1st in UTC.
        there = timezone(timedelta(hours=-5))
        start = datetime(2025, 1, 31, 23, 0, tzinfo=there)
        period = first_period(start, interval="month", count=1)
        assert period.start_at == datetime(2025, 2, 1, 4, tzinfo=UTC)
        assert period.end_at == datetime(2025, 3, 1, 4, tzinfo=UTC)
        assert anchor_of(start) == 1

    def test_refuses_what_is_no_interval_and_what_no_calendar_reaches(self) -> None:
        start = datetime(2025, 1, 31, tzinfo=UTC)
        with pytest.raises(ValueError, match="decade"):
            add_interval(start, "decade", 1)
        with pytest.raises(ValueError):
            add_interval(start, "year", 9000)
        with pytest.raises(ValueError, match="calendar"):
            add_interval(start, "week", 10**9)


class TestTrials:
    @given(STARTS, CALENDAR | PLAIN)
    def test_a_trial_ends_after_it_begins(self, start: datetime, cadence: tuple[str, int]) -> None:
        end = trial_end(start, interval=cadence[0], count=cadence[1])
        assert end > start
        assert end.timetz() == start.timetz()
