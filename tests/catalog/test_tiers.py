from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.catalog.tiers import (
    InvalidQuantityError,
    InvalidTiers,
    NonIntegralAmountError,
    Tier,
    TierType,
    flat,
    tier_amount,
    validate_tiers,
)

THREE = (
    Tier(1, 10, Decimal(1000)),
    Tier(11, 50, Decimal(800)),
    Tier(51, None, Decimal(600)),
)
FROM_TEN = (Tier(10, 10, Decimal(20000)), Tier(11, None, Decimal(6000)))
QUANTITIES = st.integers(0, 10_000)


class TestTierAmount:
    @given(QUANTITIES)
    def test_costs_at_least_as_much_in_slices_when_rates_fall(self, quantity: int) -> None:
        graduated = tier_amount(TierType.GRADUATED, THREE, quantity)
        assert graduated >= tier_amount(TierType.VOLUME, THREE, quantity)

    @given(QUANTITIES)
    def test_never_gets_cheaper_by_buying_more_in_slices(self, quantity: int) -> None:
        more = tier_amount(TierType.GRADUATED, THREE, quantity + 1)
        assert more >= tier_amount(TierType.GRADUATED, THREE, quantity)

    @given(QUANTITIES, st.permutations(THREE))
    def test_does_not_depend_on_the_order_of_tiers(self, quantity: int, tiers: list[Tier]) -> None:
        for kind in TierType:
            assert tier_amount(kind, tiers, quantity) == tier_amount(kind, THREE, quantity)

    @given(QUANTITIES)
    def test_is_the_same_either_way_with_one_rate(self, quantity: int) -> None:
        tiers = flat(Decimal(7))
        assert tier_amount(TierType.VOLUME, tiers, quantity) == 7 * quantity
        assert tier_amount(TierType.GRADUATED, tiers, quantity) == 7 * quantity

    def test_counts_the_first_slice_from_one(self) -> None:
        assert tier_amount(TierType.GRADUATED, FROM_TEN, 15) == 230_000

    @pytest.mark.parametrize(
        ("kind", "tiers", "quantity"),
        [
            (TierType.VOLUME, THREE, -1),
            (TierType.GRADUATED, THREE, -1),
            (TierType.VOLUME, FROM_TEN, 9),
            (TierType.VOLUME, THREE[:2], 51),
            (TierType.GRADUATED, THREE[:2], 51),
        ],
    )
    def test_refuses_a_quantity_without_a_price(
        self, kind: TierType, tiers: tuple[Tier, ...], quantity: int
    ) -> None:
        with pytest.raises(InvalidQuantityError):
            tier_amount(kind, tiers, quantity)

    @pytest.mark.parametrize("kind", TierType)
    def test_refuses_a_fraction_and_takes_what_adds_up(self, kind: TierType) -> None:
        assert tier_amount(kind, flat(Decimal("0.5")), 2) == 1
        with pytest.raises(NonIntegralAmountError):
            tier_amount(kind, flat(Decimal("0.5")), 3)


class TestValidateTiers:
    @given(st.permutations(THREE))
    def test_puts_them_in_order(self, tiers: list[Tier]) -> None:
        assert validate_tiers(tiers) == THREE

    @pytest.mark.parametrize(
        "tiers",
        [
            (),
            (Tier(0, None, Decimal(1)),),
            (Tier(1, 10, Decimal(1)), Tier(12, None, Decimal(1))),
            (Tier(1, 10, Decimal(1)), Tier(8, None, Decimal(1))),
            (Tier(1, None, Decimal(1)), Tier(11, None, Decimal(1))),
            (Tier(5, 4, Decimal(1)),),
            (Tier(1, None, Decimal(-1)),),
        ],
    )
    def test_refuses_tiers_that_leave_a_doubt(self, tiers: tuple[Tier, ...]) -> None:
        with pytest.raises(InvalidTiers):
            validate_tiers(tiers)
