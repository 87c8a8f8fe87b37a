from hypothesis import given
from hypothesis import strategies as st

from apps.discounts.terms import Duration, FixedDiscount, PercentageDiscount

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
