from datetime import UTC, datetime

import pytest

from apps.core.errors import SchemaInvalid
from apps.license_keys.terms import Expiry, Terms, read_terms, terms_of

LEAP = datetime(2028, 2, 29, 12, tzinfo=UTC)


class TestReadTerms:
    def test_makes_properties_that_read_back(self):
        terms = read_terms(
            {
                "prefix": " acme ",
                "expires": {"ttl": 2, "timeframe": "month"},
                "activations": {"limit": 3, "enable_customer_admin": True},
                "limit_usage": 10,
            }
        )

        assert terms == Terms("acme", Expiry(2, "month"), 3, True, 10)
        assert terms_of(terms.properties()) == terms

    @pytest.mark.parametrize("prefix", [None, "", "  "])
    def test_stores_no_empty_prefix(self, prefix):
        assert read_terms({"prefix": prefix}).properties()["prefix"] is None

    @pytest.mark.parametrize(
        ("properties", "loc"),
        [
            (None, ()),
            ({"prefix": 3}, ("prefix",)),
            ({"limit_usage": 0}, ("limit_usage",)),
            ({"limit_usage": 2**31}, ("limit_usage",)),
            ({"limit_usage": True}, ("limit_usage",)),
            ({"expires": {"ttl": 0, "timeframe": "day"}}, ("expires", "ttl")),
            ({"expires": {"ttl": 458, "timeframe": "year"}}, ("expires", "ttl")),
            ({"expires": {"ttl": 1201, "timeframe": "month"}}, ("expires", "ttl")),
            ({"expires": {"ttl": 36501, "timeframe": "day"}}, ("expires", "ttl")),
            ({"expires": {"ttl": 1, "timeframe": "week"}}, ("expires", "timeframe")),
            ({"expires": []}, ("expires",)),
            (
                {"activations": {"limit": 0, "enable_customer_admin": True}},
                ("activations", "limit"),
            ),
            ({"activations": {"limit": 1}}, ("activations", "enable_customer_admin")),
        ],
    )
    def test_says_where_what_is_wrong(self, properties, loc):
        with pytest.raises(SchemaInvalid) as refused:
            read_terms(properties)

        assert [problem["loc"] for problem in refused.value.problems] == [
            ["body", "properties", *loc]
        ]

    @pytest.mark.parametrize(("timeframe", "ttl"), [("year", 457), ("month", 1200), ("day", 36500)])
    def test_takes_the_longest_of_each_timeframe(self, timeframe, ttl):
        terms = read_terms({"expires": {"ttl": ttl, "timeframe": timeframe}})

        assert terms.expires_at(at=LEAP, is_subscription=False) > LEAP


class TestExpiry:
    @pytest.mark.parametrize(
        ("expiry", "expected"),
        [
            (Expiry(1, "day"), datetime(2028, 3, 1, 12, tzinfo=UTC)),
            (Expiry(1, "month"), datetime(2028, 3, 29, 12, tzinfo=UTC)),
            (Expiry(11, "month"), datetime(2029, 1, 29, 12, tzinfo=UTC)),
            (Expiry(1, "year"), datetime(2029, 2, 28, 12, tzinfo=UTC)),
            (Expiry(4, "year"), datetime(2032, 2, 29, 12, tzinfo=UTC)),
        ],
    )
    def test_ends_so_long_after(self, expiry, expected):
        assert expiry.after(LEAP) == expected

    def test_is_not_for_subscriptions(self):
        terms = Terms(expiry=Expiry(1, "day"))

        assert terms.expires_at(at=LEAP, is_subscription=True) is None
