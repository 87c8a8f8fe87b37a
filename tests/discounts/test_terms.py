from calendar import monthrange
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.discounts.terms import Duration, FixedDiscount, PercentageDiscount, is_expired

AMOUNTS = st.lists(st.integers(0, 10**8), max_size=12)


class TestAmountsOff:
    @given(AMOUNTS, st.integers(0, 10**9))
    def test_a_fixed_discount_is_spread_without_a_unit_lost(
        self, amounts: list[int], off: int
    ) -> None:
        discount = FixedDiscount(amounts={"usd": off})
        parts = discount.amounts_off(amounts, "usd")
        assert sum(parts) == discount.amount_off(sum(amounts), "usd") == min(off, sum(amounts))
        assert all(0 <= part <= amount for part, amount in zip(parts, amounts, strict=True))

    @given(AMOUNTS, st.integers(1, 10_000))
    def test_a_percentage_is_rounded_on_each_amount(self, amounts: list[int], bps: int) -> None:
        discount = PercentageDiscount(bps=bps)
        parts = discount.amounts_off(amounts, "usd")
        assert parts == [discount.amount_off(amount, "usd") for amount in amounts]
        assert all(0 <= part <= amount for part, amount in zip(parts, amounts, strict=True))


class TestIsEverythingForever:
    def test_is_only_the_whole_percentage_without_end(self) -> None:
        forever = Duration.FOREVER
        assert PercentageDiscount(bps=10_000, duration=forever).is_everything_forever
        assert not PercentageDiscount(bps=9_999, duration=forever).is_everything_forever
        assert not PercentageDiscount(bps=10_000, duration=Duration.ONCE).is_everything_forever
        assert not FixedDiscount(amounts={"usd": 10**9}, duration=forever).is_everything_forever


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


class TestIsExpired:
    @pytest.mark.parametrize(
        ("months", "start", "expired"),
        [
            (3, at(2026, 4, 30), False),
            (3, at(2026, 5, 31), True),
            (2, at(2026, 3, 31), False),
            (2, at(2026, 4, 30), True),
        ],
    )
    def test_a_short_first_month_costs_none_with_the_anchor(self, months, start, expired):
        """Anchored on the 31st, the first period begins on the last of February."""
        facts = {"duration": "repeating", "months": months, "applied_at": at(2026, 2, 28)}

        assert is_expired(**facts, period_start_at=start, anchor_day=31) is expired

    @given(st.integers(1, 31), st.integers(1, 24), st.integers(0, 11))
    def test_n_months_are_n_periods_of_a_month(self, anchor_day, months, first):
        def boundary(number):
            year, month = divmod(first + number, 12)
            last = monthrange(2026 + year, month + 1)[1]
            return at(2026 + year, month + 1, min(anchor_day, last))

        held = [
            not is_expired(
                duration="repeating",
                months=months,
                applied_at=boundary(0),
                period_start_at=boundary(number),
                anchor_day=anchor_day,
            )
            for number in range(months + 3)
        ]

        assert held == [True] * months + [False] * 3
