"""The comparison that every scenario rests on."""

from typing import Any

import pytest

from apps.core.errors import NotPermitted, SchemaInvalid, ValidationFailed
from tests.cases.bank import load_cases, load_deviations
from tests.cases.outcome import differences, outcome_of_error
from tests.cases.registry import adapter, find_adapter

PAID = {"status": "paid", "items": [{"amount": 1, "label": "a"}], "error": None}


class TestDifferences:
    @pytest.mark.parametrize(
        ("expect", "actual"),
        [
            ({}, PAID),
            ({"status": "paid"}, PAID),
            ({"items": [{"amount": 1}]}, PAID),
            ({"error": None}, {}),
            ({"error": True}, {"error": "Refused"}),
            ({"webhooks": ["a", "b"]}, {"webhooks": ["b", "a"]}),
            ({"transactions": [{"n": 1}, {"n": 2}]}, {"transactions": [{"n": 2}, {"n": 1}]}),
            ({"webhooks_absent": ["a"]}, {"webhooks": ["b"]}),
            ({"webhooks_include": ["b"]}, {"webhooks": ["a", "b"]}),
            # The precise row must not lose its partner to the vague one.
            (
                {"transactions": [{"t": 1}, {"t": 1, "fee": 2}]},
                {"transactions": [{"t": 1, "fee": 2}, {"t": 1, "fee": 3}]},
            ),
        ],
    )
    def test_there_are_none_where_everything_pinned_holds(
        self, expect: dict[str, Any], actual: dict[str, Any]
    ) -> None:
        assert differences("orders", expect, actual) == []

    @pytest.mark.parametrize(
        ("expect", "actual"),
        [
            ({"status": "void"}, PAID),
            ({"tax": None}, PAID),
            ({"status": None}, PAID),
            ({"items": []}, PAID),
            ({"items": [{"amount": 1, "tax": 0}]}, PAID),
            ({"error": None}, {"error": "Refused"}),
            ({"error": True}, PAID),
            ({"error": "Refused"}, PAID),
            ({"paid": True}, {"paid": 1}),
            ({"amount": 0}, {"amount": False}),
            ({"webhooks": ["a", "a"]}, {"webhooks": ["a", "b"]}),
            ({"webhooks_absent": ["a"]}, {"webhooks": ["a"]}),
            ({"webhooks_include": ["c"]}, {"webhooks": ["a"]}),
        ],
    )
    def test_name_what_does_not_hold(self, expect: dict[str, Any], actual: dict[str, Any]) -> None:
        assert differences("orders", expect, actual)

    def test_cannot_be_told_for_webhooks_that_are_not_reported(self) -> None:
        with pytest.raises(AssertionError, match="reports no webhooks"):
            differences("orders", {"webhooks_absent": ["a"]}, {})


class TestOutcomeOfError:
    def test_reports_name_status_and_place(self) -> None:
        assert outcome_of_error(NotPermitted()) == {"error": "NotPermitted", "status_code": 403}
        refusal = ValidationFailed.at("body", "email", msg="No.")
        assert outcome_of_error(refusal)["loc"] == ["body", "email"]

    def test_tells_the_two_names_of_a_422_apart_only_where_the_tables_do(self) -> None:
        rule = outcome_of_error(ValidationFailed.at("body", msg="No."))
        schema = outcome_of_error(SchemaInvalid.at("body", msg="No."))
        expect = {"error": "RequestValidationError"}
        assert not differences("customers", expect, rule)
        assert not differences("customers", expect, schema)
        assert not differences("api_errors", expect, schema)
        assert differences("api_errors", expect, rule)


class TestBank:
    def test_has_a_unique_id_for_every_case(self) -> None:
        ids = [case.id for case in load_cases()]
        assert ids
        assert len(ids) == len(set(ids))

    def test_lists_only_deviations_with_a_number_and_a_reason(self) -> None:
        assert all(
            text.startswith("deviation ") and len(text) > 20 for text in load_deviations().values()
        )

    def test_takes_one_adapter_for_an_operation(self) -> None:
        @adapter("harness")
        def stand_still(given: dict[str, Any], when: dict[str, Any]) -> dict[str, Any]:
            return {}

        assert find_adapter("harness", "stand_still") is not None
        with pytest.raises(ValueError, match="two adapters"):
            adapter("harness", op="stand_still")(stand_still)
