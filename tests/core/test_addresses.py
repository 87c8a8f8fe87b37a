import pytest

from apps.core.addresses import InvalidEmail, unalias_email
from apps.core.digests import keyed_digest


class TestUnaliasEmail:
    @pytest.mark.parametrize(
        ("email", "mailbox"),
        [
            ("ada@example.com", "ada@example.com"),
            (" ADA+a+b@Example.com ", "ada@example.com"),
            ("a.d.a@example.com", "a.d.a@example.com"),
        ],
    )
    def test_is_the_mailbox(self, email, mailbox):
        assert unalias_email(email) == mailbox

    @pytest.mark.parametrize("email", ["", "ada", "@example.com", "+x@example.com", "ada@"])
    def test_refuses_what_is_no_address(self, email):
        with pytest.raises(InvalidEmail):
            unalias_email(email)


class TestKeyedDigest:
    def test_depends_on_purpose_value_and_key(self, settings):
        first = keyed_digest("a", "x")

        assert first == keyed_digest("a", "x")
        others = {keyed_digest("b", "x"), keyed_digest("a", "y")}
        settings.SECRET_KEY = "another"
        assert first not in others | {keyed_digest("a", "x")}
