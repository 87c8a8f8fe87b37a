from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.money import PRESENTMENT_CURRENCIES, format_amount, to_major, to_minor


class TestFormatAmount:
    @pytest.mark.parametrize(
        ("amount", "currency", "locale", "text"),
        [
            (123456789, "usd", "en_US", "$1,234,567.89"),
            (-250, "usd", "en_US", "-$2.50"),
            (1000, "jpy", "en_US", "¥1,000"),
            (123456, "kwd", "en_US", "KWD123.456"),
            (123456, "eur", "de_DE", "1.234,56\xa0€"),
            (200000, "ugx", "en_US", "UGX2,000"),
            (200050, "ugx", "en_US", "UGX2,000.50"),
        ],
    )
    def test_reads_as_the_locale_writes_it(
        self, amount: int, currency: str, locale: str, text: str
    ) -> None:
        assert format_amount(amount, currency, locale) == text

    @given(st.integers(0, 10**10), st.sampled_from(PRESENTMENT_CURRENCIES))
    def test_shows_every_minor_unit(self, amount: int, currency: str) -> None:
        text = format_amount(amount, currency).replace("Cg.", "")
        digits = "".join(char for char in text if char.isdigit() or char == ".").strip(".")
        assert Decimal(digits) == to_major(amount, currency)


class TestToMinor:
    @given(st.integers(-(10**12), 10**12), st.sampled_from(PRESENTMENT_CURRENCIES))
    def test_undoes_to_major(self, amount: int, currency: str) -> None:
        assert to_minor(to_major(amount, currency), currency) == amount

    @pytest.mark.parametrize("value", ["1.234", "abc", "NaN", "Infinity", ""])
    def test_refuses_what_is_no_amount(self, value: str) -> None:
        with pytest.raises(ValueError, match=r"amount|minor units"):
            to_minor(value, "usd")
