"""What the API takes for a new discount."""

import pytest

from apps.api.inputs import read_input
from apps.core.errors import SchemaInvalid
from apps.discounts.api.serializers import DiscountCreateInput


class TestType:
    @pytest.mark.parametrize(
        ("amount", "expected"),
        [({"basis_points": 1000}, "percentage"), ({"amount": 500, "currency": "usd"}, "fixed")],
    )
    def test_follows_from_what_is_given(self, amount: dict[str, object], expected: str) -> None:
        values = read_input(DiscountCreateInput, {"name": "Less", "duration": "once", **amount})
        assert values["type"] == expected

    def test_a_percentage_says_how_much(self) -> None:
        with pytest.raises(SchemaInvalid) as refused:
            read_input(
                DiscountCreateInput, {"name": "Less", "duration": "once", "type": "percentage"}
            )
        assert refused.value.problems[0]["loc"] == ["body", "basis_points"]
