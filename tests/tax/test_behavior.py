import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.tax.behavior import TaxBehavior, change_amount, net_from_charge, resolve_behavior, split

AMOUNTS = st.integers(0, 10**12)


class TestResolveBehavior:
    @pytest.mark.parametrize("country", ["US", "CA", "IN", "us"])
    def test_adds_tax_on_top_where_shoppers_expect_it(self, country: str) -> None:
        assert resolve_behavior("location", country) is TaxBehavior.EXCLUSIVE

    @pytest.mark.parametrize("country", ["FR", "GB", "AU", "JP"])
    def test_contains_tax_everywhere_else(self, country: str) -> None:
        assert resolve_behavior("location", country) is TaxBehavior.INCLUSIVE

    def test_waits_for_the_country(self) -> None:
        assert resolve_behavior("location", None) is None
        assert resolve_behavior("inclusive", None) is TaxBehavior.INCLUSIVE

    def test_refuses_an_unknown_option(self) -> None:
        with pytest.raises(ValueError, match="nowhere"):
            resolve_behavior("nowhere", "FR")


class TestSplit:
    @given(AMOUNTS, AMOUNTS, st.sampled_from(["inclusive", "exclusive", None]))
    def test_always_adds_up(self, amount: int, tax: int, behavior: str | None) -> None:
        result = split(amount, tax, behavior)
        assert result.net_amount + result.tax_amount == result.total_amount
        assert result.tax_amount == tax

    @given(AMOUNTS, AMOUNTS)
    def test_keeps_the_price_as_total_or_as_net(self, amount: int, tax: int) -> None:
        assert split(amount, tax, "inclusive").total_amount == amount
        assert split(amount, tax, "exclusive").net_amount == amount


class TestNetFromCharge:
    @given(AMOUNTS, AMOUNTS.filter(bool), AMOUNTS)
    def test_stays_between_nothing_and_the_amount(self, amount: int, net: int, tax: int) -> None:
        result = net_from_charge(
            amount=amount,
            net_amount=amount,
            behavior="inclusive",
            charged_net_amount=net,
            charged_tax_amount=tax,
        )
        assert 0 <= result <= amount

    @pytest.mark.parametrize(("behavior", "net"), [(None, 500), ("inclusive", 0)])
    def test_learns_nothing_from_a_charge_that_says_nothing(
        self, behavior: str | None, net: int
    ) -> None:
        known = net_from_charge(
            amount=1000,
            net_amount=826,
            behavior=behavior,
            charged_net_amount=net,
            charged_tax_amount=0,
        )
        assert known == 826


class TestChangeAmount:
    @given(AMOUNTS.filter(bool), AMOUNTS)
    def test_keeps_the_share(self, amount: int, new_amount: int) -> None:
        assert change_amount(amount=amount, net_amount=amount, new_amount=new_amount) == new_amount
        assert change_amount(amount=amount, net_amount=0, new_amount=new_amount) == 0

    def test_knows_no_share_of_nothing(self) -> None:
        assert change_amount(amount=0, net_amount=0, new_amount=1500) == 1500
