import re

import pytest

from apps.license_keys.keys import display_key, new_key


class TestNewKey:
    def test_is_a_random_uuid_in_capitals(self):
        key = new_key()

        assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", key)
        assert new_key() != key

    @pytest.mark.parametrize("prefix", ["acme", " Acme  ", "ACME"])
    def test_follows_its_prefix(self, prefix):
        key = new_key(prefix)

        assert key.startswith("ACME-")
        assert len(key) == len("ACME-") + 36

    @pytest.mark.parametrize("prefix", [None, "", "   "])
    def test_has_none_where_there_is_none(self, prefix):
        assert len(new_key(prefix)) == 36


def test_display_key_shows_how_it_ends():
    assert display_key("ACME-0A1B2C3D-0000-4000-8000-0123456789AB") == "****-6789AB"
