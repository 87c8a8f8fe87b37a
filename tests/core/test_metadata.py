import pytest

from apps.core.errors import SchemaInvalid
from apps.core.metadata import matches, validate_metadata


class TestValidateMetadata:
    @pytest.mark.parametrize(
        "metadata",
        [
            {},
            {"k" * 40: "v" * 500},
            {f"key{n}": n for n in range(50)},
            {"text": "a", "whole": 1, "part": 1.5, "flag": False},
        ],
    )
    def test_returns_what_fits_the_limits(self, metadata: dict[str, object]) -> None:
        assert validate_metadata(metadata) == metadata

    @pytest.mark.parametrize(
        ("metadata", "kind"),
        [
            ({"k" * 41: "v"}, "string_too_long"),
            ({"": "v"}, "string_too_short"),
            ({"k": ""}, "string_too_short"),
            ({"k": "v" * 501}, "string_too_long"),
            ({f"key{n}": n for n in range(51)}, "too_long"),
            ({"k": None}, "string_type"),
            ({"k": [1]}, "string_type"),
            ({"k": {"a": 1}}, "string_type"),
            ({"k": float("nan")}, "finite_number"),
            ({"k": 2**63}, "number_size"),
            ({"k": -(2**63)}, "number_size"),
            ({"k": 1e19}, "number_size"),
            ({"k": "a\0b"}, "value_error"),
            ([], "dict_type"),
            (None, "dict_type"),
        ],
    )
    def test_refuses_what_does_not(self, metadata: object, kind: str) -> None:
        with pytest.raises(SchemaInvalid) as refusal:
            validate_metadata(metadata)
        assert [problem["type"] for problem in refusal.value.problems] == [kind]
        assert refusal.value.problems[0]["loc"][:2] == ["body", "metadata"]

    def test_names_every_wrong_entry(self) -> None:
        with pytest.raises(SchemaInvalid) as refusal:
            validate_metadata({"good": 1, "bad": None, "worse": []}, loc=("body", "m"))
        assert [problem["loc"] for problem in refusal.value.problems] == [
            ["body", "m", "bad"],
            ["body", "m", "worse"],
        ]


class TestMatches:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ([], True),
            ([("n", "1")], True),
            ([("n", "2"), ("n", "1")], True),
            ([("n", "1"), ("flag", "true")], True),
            ([("n", "1"), ("flag", "false")], False),
            ([("none", "1")], False),
        ],
    )
    def test_compares_as_text_or_within_a_key_and_across_keys(
        self, query: list[tuple[str, str]], found: bool
    ) -> None:
        assert matches({"n": 1, "flag": True}, query) is found
