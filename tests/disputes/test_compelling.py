"""Visa's rule for earlier undisputed payments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from apps.disputes.dossier.compelling import Purchase, counts, is_compelling, matches

DISPUTED_AT = datetime(2026, 6, 1, tzinfo=UTC)
DISPUTED = Purchase(
    paid_at=DISPUTED_AT - timedelta(days=3),
    card="fp_1",
    account="cus_1",
    email="ada@example.com",
    ip_address="203.0.113.7",
    device="browser",
)


def earlier(days: int = 200, **facts: str) -> Purchase:
    return replace(DISPUTED, paid_at=DISPUTED_AT - timedelta(days=days), **facts)


def count(one: Purchase) -> bool:
    return counts(DISPUTED, one, disputed_at=DISPUTED_AT)


class TestCounts:
    @pytest.mark.parametrize(
        ("days", "expected"), [(119, False), (120, True), (365, True), (366, False)]
    )
    def test_only_within_the_window(self, days: int, expected: bool) -> None:
        assert count(earlier(days)) is expected

    def test_only_for_the_same_card(self) -> None:
        assert not count(earlier(card="fp_2"))
        assert not counts(replace(DISPUTED, card=""), earlier(card=""), disputed_at=DISPUTED_AT)

    def test_only_with_the_address_or_the_device_in_common(self) -> None:
        assert not count(earlier(ip_address="198.51.100.1", device="other"))
        assert count(earlier(ip_address="198.51.100.1"))
        assert count(earlier(device="other"))

    def test_only_with_two_traits_in_common(self) -> None:
        assert not count(earlier(account="cus_2", email="bob@example.com", device="other"))

    def test_nothing_matches_what_is_not_known(self) -> None:
        unknown = replace(DISPUTED, ip_address="", device="")
        assert matches(unknown, earlier(ip_address="", device="")) == ("customer", "e-mail")

    def test_letters_of_an_e_mail_are_the_same_in_any_case(self) -> None:
        assert "e-mail" in matches(DISPUTED, earlier(email="Ada@Example.com"))


class TestIsCompelling:
    def test_takes_two_of_them(self) -> None:
        two = [earlier(150), earlier(300)]
        assert is_compelling(DISPUTED, two, disputed_at=DISPUTED_AT)
        assert not is_compelling(DISPUTED, two[:1], disputed_at=DISPUTED_AT)
        assert not is_compelling(DISPUTED, [two[0], earlier(10)], disputed_at=DISPUTED_AT)
