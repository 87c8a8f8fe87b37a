"""Reading bodies: every one for itself, although they share the reader."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from apps.api.inputs import read_input
from apps.catalog.api.serializers import PriceCreateInput, ProductCreateInput
from apps.core.errors import SchemaInvalid
from apps.organizations.api.serializers import OrganizationUpdateInput

GOOD: dict[str, Any] = {
    "name": "Pen",
    "prices": [{"amount_type": "fixed", "price_amount": 100}],
}


class TestReadInput:
    def test_forgets_the_last_body(self) -> None:
        assert read_input(ProductCreateInput, {**GOOD, "description": "Blue"})["description"]

        assert read_input(ProductCreateInput, GOOD) == GOOD

    def test_forgets_what_was_wrong_with_the_last_body(self) -> None:
        with pytest.raises(SchemaInvalid) as refusal:
            read_input(ProductCreateInput, {"prices": [{"amount_type": "fixed"}]})
        assert [problem["loc"] for problem in refusal.value.problems] == [
            ["body", "name"],
            ["body", "prices", 0, "price_amount"],
        ]

        assert read_input(ProductCreateInput, GOOD) == GOOD

    def test_tells_partial_from_whole(self) -> None:
        assert read_input(PriceCreateInput, {"amount_type": "free"}, partial=True)
        with pytest.raises(SchemaInvalid):
            read_input(PriceCreateInput, {})

    def test_serves_threads_side_by_side(self) -> None:
        bodies = [{**GOOD, "name": f"Pen {number}"} for number in range(200)]

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda body: read_input(ProductCreateInput, body), bodies))

        assert found == bodies


class TestText:
    def test_of_a_least_length_is_not_empty(self) -> None:
        with pytest.raises(SchemaInvalid) as refused:
            read_input(ProductCreateInput, {**GOOD, "name": ""})
        assert refused.value.problems[0]["type"] == "string_too_short"


class TestCountry:
    def test_is_one_that_there_is(self) -> None:
        assert read_input(OrganizationUpdateInput, {"country": "DE"}) == {"country": "DE"}
        with pytest.raises(SchemaInvalid) as refused:
            read_input(OrganizationUpdateInput, {"country": "XX"})
        assert refused.value.problems[0]["loc"] == ["body", "country"]
