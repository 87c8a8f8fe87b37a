"""Prices by the seat and by the unit, over the API in both of its shapes."""

from __future__ import annotations

from typing import Any

import pytest

from apps.catalog.models import Price
from apps.catalog.pricing import SeatTerms, Selection, UnitTerms, upfront_amount
from apps.catalog.selectors import terms_of
from tests.cases.world import Answer, Merchant, make_organization

pytestmark = pytest.mark.django_db

SEATS = {
    "amount_type": "seat_based",
    "seat_tiers": {
        "seat_tier_type": "graduated",
        "tiers": [
            {"min_seats": 1, "max_seats": 10, "price_per_seat": 1000},
            {"min_seats": 11, "price_per_seat": 800},
        ],
    },
}
UNITS = {
    "amount_type": "unit_based",
    "tiers": {
        "type": "volume",
        "tiers": [{"bound": 100, "unit_amount": "12"}, {"unit_amount": 9}],
    },
    "minimum_units": 5,
    "unit_label": {"en": {"=1": "device", "other": "devices"}},
}
FIXED = {"amount_type": "fixed", "price_amount": 5000}


@pytest.fixture
def merchant() -> Merchant:
    return Merchant(make_organization())


def create(merchant: Merchant, *prices: dict[str, Any], **fields: Any) -> Answer:
    body = {"name": "Team plan", "recurring_interval": "month", "prices": list(prices), **fields}
    return merchant.call("POST", "products/", body)


def only_price(answer: Answer) -> dict[str, Any]:
    assert answer.status == 201, answer.body
    (price,) = answer.body["prices"]
    return dict(price)


class TestSeats:
    def test_are_shown_in_the_shapes_of_all_versions(self, merchant: Merchant) -> None:
        price = only_price(create(merchant, SEATS))

        assert price["seat_tiers"]["tiers"] == [
            {"min_seats": 1, "max_seats": 10, "price_per_seat": 1000},
            {"min_seats": 11, "max_seats": None, "price_per_seat": 800},
        ]
        assert price["tiers"] == {
            "type": "graduated",
            "tiers": [
                {"bound": 10, "unit_amount": "1000"},
                {"bound": None, "unit_amount": "800"},
            ],
        }
        assert (price["minimum_units"], price["maximum_units"]) == (1, None)

    def test_are_priced_by_their_tiers(self, merchant: Merchant) -> None:
        price = only_price(create(merchant, SEATS))

        terms = terms_of(Price.objects.get(pk=price["id"]))

        assert isinstance(terms, SeatTerms)
        assert upfront_amount([terms], Selection(seats=14)) == 13200

    def test_may_be_given_by_their_upper_bounds(self, merchant: Merchant) -> None:
        newer = {
            "amount_type": "seat_based",
            "tiers": {"type": "volume", "tiers": [{"bound": 9, "unit_amount": 700}]},
            "minimum_units": 3,
        }
        price = only_price(create(merchant, newer))

        assert price["seat_tiers"]["minimum_seats"] == 3
        assert price["seat_tiers"]["maximum_seats"] == 9

    def test_can_be_sold_once(self, merchant: Merchant) -> None:
        assert create(merchant, SEATS, recurring_interval=None).status == 201

    def test_stand_beside_a_fixed_fee(self, merchant: Merchant) -> None:
        assert len(create(merchant, FIXED, SEATS).body["prices"]) == 2

    @pytest.mark.parametrize(
        "tiers",
        [
            [],
            [
                {"min_seats": 1, "max_seats": 3, "price_per_seat": 1},
                {"min_seats": 5, "price_per_seat": 1},
            ],
            [{"min_seats": 1, "price_per_seat": -1}],
            [{"min_seats": 0, "price_per_seat": 1}],
        ],
    )
    def test_need_tiers_that_leave_no_doubt(
        self, merchant: Merchant, tiers: list[dict[str, Any]]
    ) -> None:
        answer = create(merchant, {**SEATS, "seat_tiers": {"tiers": tiers}})

        assert answer.status == 422
        assert answer.body["detail"][0]["loc"][:3] == ["body", "prices", 0]


class TestUnits:
    def test_keep_their_name_and_smallest_purchase(self, merchant: Merchant) -> None:
        price = only_price(create(merchant, UNITS))

        assert price["unit_label"] == UNITS["unit_label"]
        assert (price["minimum_units"], price["maximum_units"]) == (5, None)
        terms = terms_of(Price.objects.get(pk=price["id"]))
        assert isinstance(terms, UnitTerms)
        assert upfront_amount([terms], Selection()) == 60
        assert upfront_amount([terms], Selection(units=101)) == 909

    def test_are_sold_in_periods_only(self, merchant: Merchant) -> None:
        assert create(merchant, UNITS, recurring_interval=None).status == 422

    @pytest.mark.parametrize(
        "changes",
        [
            {"unit_label": {"en": {"=1": "device"}}},
            {"unit_label": {"en": {"other": "x" * 33}}},
            {"minimum_units": 0},
            {"tiers": {"type": "volume", "tiers": [{"unit_amount": "0.5"}]}},
            {"tiers": {"type": "steps", "tiers": [{"unit_amount": "1"}]}},
            {"tiers": {"type": "volume", "tiers": [{"bound": 4, "unit_amount": 1}]}},
        ],
    )
    def test_are_refused_where_something_is_wrong(
        self, merchant: Merchant, changes: dict[str, Any]
    ) -> None:
        assert create(merchant, {**UNITS, **changes}).status == 422


class TestTogether:
    @pytest.mark.parametrize(
        "prices",
        [
            (SEATS, UNITS),
            (SEATS, SEATS),
            (FIXED, FIXED),
            ({"amount_type": "custom"}, SEATS),
            (FIXED, {**SEATS, "tax_behavior": "inclusive"}),
            (FIXED, SEATS, {**FIXED, "price_currency": "eur"}),
        ],
    )
    def test_some_prices_exclude_each_other(
        self, merchant: Merchant, prices: tuple[dict[str, Any], ...]
    ) -> None:
        assert create(merchant, *prices).status == 422
