from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.money import basis_points, round_half_away, round_half_even, truncate

FRACTIONS = st.fractions(min_value=-(10**12), max_value=10**12, max_denominator=10**6)
HALVES = st.integers(-(10**9), 10**9).map(lambda whole: whole + Fraction(1, 2))


class TestRoundHalfAway:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [("0.5", 1), ("-0.5", -1), ("1.5", 2), ("2.5", 3), ("-2.5", -3), ("0.4999", 0), ("7", 7)],
    )
    def test_sends_a_tie_away_from_zero(self, value: str, expected: int) -> None:
        assert round_half_away(Decimal(value)) == expected

    @given(FRACTIONS)
    def test_is_the_nearest_whole_number(self, value: Fraction) -> None:
        assert abs(round_half_away(value) - value) <= Fraction(1, 2)

    @given(FRACTIONS)
    def test_treats_both_signs_alike(self, value: Fraction) -> None:
        assert round_half_away(-value) == -round_half_away(value)

    @given(HALVES)
    def test_never_moves_a_tie_towards_zero(self, value: Fraction) -> None:
        assert abs(round_half_away(value)) > abs(value)

    @given(st.integers())
    def test_leaves_a_whole_number_alone(self, value: int) -> None:
        assert round_half_away(value) == round_half_away(Fraction(value)) == value

    def test_keeps_every_digit_of_a_long_decimal(self) -> None:
        assert round_half_away(Decimal("0.4" + "9" * 60)) == 0


class TestOtherRoundings:
    @given(HALVES)
    def test_half_even_ends_on_an_even_number(self, value: Fraction) -> None:
        assert round_half_even(value) % 2 == 0

    @given(FRACTIONS)
    def test_truncate_never_grows_and_loses_less_than_one(self, value: Fraction) -> None:
        assert 0 <= abs(value) - abs(truncate(value)) < 1

    @given(FRACTIONS)
    def test_all_agree_within_one_unit(self, value: Fraction) -> None:
        results = [round_half_away(value), round_half_even(value), truncate(value)]
        assert max(results) - min(results) <= 1

    @pytest.mark.parametrize("rounding", [round_half_away, round_half_even, truncate])
    @pytest.mark.parametrize("value", [0.5, True, "1"])
    def test_refuse_what_is_not_exact(
        self, rounding: Callable[[object], int], value: object
    ) -> None:
        with pytest.raises(TypeError, match="exact numbers"):
            rounding(value)


class TestBasisPoints:
    @pytest.mark.parametrize(
        ("amount", "bps", "expected"),
        [(200, 3333, 67), (3, 5000, 2), (4999, 1, 0), (999, 10000, 999)],
    )
    def test_takes_hundredths_of_a_percent(self, amount: int, bps: int, expected: int) -> None:
        assert basis_points(amount, bps) == expected
