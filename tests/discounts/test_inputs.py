"""What the API takes for a new discount."""

import pytest

from apps.api.inputs import read_input
from apps.core.errors import SchemaInvalid
from apps.discounts.api.serializers import DiscountCreateInput


class TestType:
    def test_has_to_be_said(self) -> None:
        with pytest.raises(SchemaInvalid) as refused:
            read_input(
                DiscountCreateInput, {"name": "Less", "duration": "once", "basis_points": 1000}
            )
        assert refused.value.problems[0]["loc"] == ["body", "type"]

    def test_a_percentage_says_how_much(self) -> None:
        with pytest.raises(SchemaInvalid) as refused:
            read_input(
                DiscountCreateInput, {"name": "Less", "duration": "once", "type": "percentage"}
            )
        assert refused.value.problems[0]["loc"] == ["body", "basis_points"]
