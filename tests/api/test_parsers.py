"""Bodies, before anybody looks at what they mean."""

from __future__ import annotations

import orjson
import pytest

from apps.api.parsers import MAX_DEPTH, load
from apps.api.wire import error_response
from apps.catalog.api.serializers import ProductUpdateInput
from apps.core.errors import SchemaInvalid


class TestDepth:
    @pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
    def test_is_limited(self, opening: str, closing: str) -> None:
        def nested(depth: int) -> bytes:
            return (opening * depth + ("1" if ":" in opening else "") + closing * depth).encode()

        assert load(nested(MAX_DEPTH)) == orjson.loads(nested(MAX_DEPTH))
        for depth in (MAX_DEPTH + 1, 300, 900):
            with pytest.raises(SchemaInvalid) as refusal:
                load(nested(depth))
            assert error_response(refusal.value).status_code == 422

    def test_is_not_length(self) -> None:
        wide = [{"a": [1]} for _ in range(500)]
        assert load(orjson.dumps(wide)) == wide
        assert load(b'"' + b"[" * 500 + b'"') == "[" * 500


class TestPrices:
    def test_are_objects(self) -> None:
        form = ProductUpdateInput(data={"prices": [{"amount_type": "free"}, None]}, partial=True)
        assert not form.is_valid()
        assert [bool(found) for found in form.errors["prices"]] == [False, True]
        assert ProductUpdateInput(data={"prices": None}, partial=True).is_valid()
