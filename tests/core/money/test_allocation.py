from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.core.money import allocate

TOTALS = st.integers(-(10**12), 10**12)
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)


class TestAllocate:
    @pytest.mark.parametrize(
        ("total", "weights", "parts"),
        [
            (100, [100, 200], [33, 67]),
            (101, [100, 100, 100], [34, 34, 33]),
            (7, [1, 2, 4], [1, 2, 4]),
            (-101, [1, 1, 1], [-34, -34, -33]),
            (1500, [2000], [1500]),
            (0, [], []),
            (0, [0, 0], [0, 0]),
            (5, [0, 1], [0, 5]),
        ],
    )
    def test_gives_the_left_over_to_the_largest_remainder(
        self, total: int, weights: list[int], parts: list[int]
    ) -> None:
        assert allocate(total, weights) == parts

    @given(TOTALS, WEIGHTS)
    def test_adds_up_and_stays_within_one_unit_of_the_exact_share(
        self, total: int, weights: list[int]
    ) -> None:
        assume(sum(weights) > 0)
        parts = allocate(total, weights)
        assert sum(parts) == total
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - Fraction(total * weight, sum(weights))) < 1

    @given(TOTALS, WEIGHTS)
    def test_gives_a_larger_weight_no_less(self, total: int, weights: list[int]) -> None:
        assume(sum(weights) > 0)
        pairs = list(zip(weights, map(abs, allocate(total, weights)), strict=True))
        assert all(a[1] <= b[1] for a in pairs for b in pairs if a[0] < b[0])

    @given(TOTALS, WEIGHTS, st.integers(1, 1000))
    def test_depends_only_on_the_proportion(
        self, total: int, weights: list[int], factor: int
    ) -> None:
        assume(sum(weights) > 0)
        assert allocate(total, weights) == allocate(total, [factor * w for w in weights])

    def test_refuses_a_negative_weight(self) -> None:
        with pytest.raises(ValueError, match="negative"):
            allocate(10, [1, -1])

    @pytest.mark.parametrize("weights", [[], [0, 0]])
    def test_refuses_a_total_that_nothing_carries(self, weights: list[int]) -> None:
        with pytest.raises(ValueError, match="carry"):
            allocate(1, weights)
