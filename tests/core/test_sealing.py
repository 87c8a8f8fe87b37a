"""Secrets encrypted at rest."""

from typing import Any

import pytest

from apps.core.sealing import Unreadable, seal, unseal

PLACE = "shelf.secret:1"


class TestSeal:
    def test_is_read_again_in_its_place(self) -> None:
        assert unseal(seal("whsec_ü", place=PLACE), place=PLACE) == "whsec_ü"

    def test_tells_nothing_and_never_repeats(self) -> None:
        first, second = seal("secret", place=PLACE), seal("secret", place=PLACE)
        assert "secret" not in first
        assert first != second

    def test_is_of_no_use_elsewhere(self) -> None:
        with pytest.raises(Unreadable, match="another place"):
            unseal(seal("secret", place=PLACE), place="shelf.secret:2")

    def test_notices_damage(self) -> None:
        sealed = seal("secret", place=PLACE)
        middle = len(sealed) - 6
        other = "A" if sealed[middle] != "A" else "B"
        with pytest.raises(Unreadable):
            unseal(sealed[:middle] + other + sealed[middle + 1 :], place=PLACE)

    @pytest.mark.parametrize("value", ["", "secret", "v1.a.b", "v1..", "v1.00000000.ä"])
    def test_refuses_what_it_never_made(self, value: str) -> None:
        with pytest.raises(Unreadable):
            unseal(value, place=PLACE)

    def test_outlives_a_new_key(self, settings: Any) -> None:
        settings.ENCRYPTION_KEYS = ("old",)
        sealed = seal("secret", place=PLACE)
        settings.ENCRYPTION_KEYS = ("new", "old")
        assert unseal(sealed, place=PLACE) == "secret"
        assert seal("secret", place=PLACE).split(".")[1] != sealed.split(".")[1]
        settings.ENCRYPTION_KEYS = ("new",)
        with pytest.raises(Unreadable, match="No key"):
            unseal(sealed, place=PLACE)
