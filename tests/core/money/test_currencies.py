import pytest

from apps.core.money import (
    PRESENTMENT_CURRENCIES,
    decimal_factor,
    exponent,
    is_currency,
    is_presentment_currency,
    maximum_amount,
    minimum_amount,
    presentment_currency,
)


class TestCurrencyTable:
    def test_offers_126_known_currencies_in_lower_case(self) -> None:
        assert len(PRESENTMENT_CURRENCIES) == len(set(PRESENTMENT_CURRENCIES)) == 126
        assert all(code == code.lower() and is_currency(code) for code in PRESENTMENT_CURRENCIES)

    @pytest.mark.parametrize("currency", PRESENTMENT_CURRENCIES)
    def test_leaves_room_between_the_limits(self, currency: str) -> None:
        assert 0 < minimum_amount(currency) < maximum_amount(currency) < 2**31

    @pytest.mark.parametrize(
        ("currency", "digits"), [("jpy", 0), ("USD", 2), ("ugx", 2), ("isk", 2), ("kwd", 3)]
    )
    def test_knows_the_minor_unit(self, currency: str, digits: int) -> None:
        assert (exponent(currency), decimal_factor(currency)) == (digits, 10**digits)

    def test_falls_back_for_a_code_nobody_knows(self) -> None:
        assert (minimum_amount("xyz"), maximum_amount("xyz")) == (50, 99_999_999)
        assert not is_currency("xyz")
        assert not is_presentment_currency("rub")


class TestPresentmentCurrency:
    @pytest.mark.parametrize(
        ("country", "currency"),
        [
            ("SE", "sek"), ("AX", "eur"), ("LI", "chf"), ("BG", "eur"), ("us", "usd"),
            ("CW", "xcg"), ("BT", "inr"), ("RU", None), ("AQ", None), ("XX", None),
        ],
    )  # fmt: skip
    def test_is_the_first_own_currency_that_can_be_paid_in(
        self, country: str, currency: str | None
    ) -> None:
        assert presentment_currency(country) == currency
