"""Our OpenAPI documents beside what the official SDK sends and reads."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings

from apps.api import conformity
from apps.api.conformity import Difference, all_differences, differences_of
from apps.api.deliberate import reasons_of, unneeded
from apps.api.document import document_of

VERSION = "2027-01"


class TestConformity:
    def test_there_is_no_difference_without_a_reason(self) -> None:
        for version, operations in all_differences().items():
            assert len(operations) >= 130, version
            for found in operations.values():
                assert [one for one, why in reasons_of(found).items() if not why] == [], version

    def test_every_reason_is_needed(self) -> None:
        everything = [
            one
            for operations in all_differences().values()
            for found in operations.values()
            for one in found
        ]
        assert unneeded(everything) == []


def schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def drop(document: dict[str, Any]) -> None:
    del schema(document, "Product")["properties"]["name"]


def let_be_absent(document: dict[str, Any]) -> None:
    schema(document, "Product")["required"].remove("name")


def let_be_null(document: dict[str, Any]) -> None:
    schema(document, "Product")["properties"]["name"]["type"] = ["string", "null"]


def retype(document: dict[str, Any]) -> None:
    schema(document, "Product")["properties"]["name"]["type"] = "integer"


def widen(document: dict[str, Any]) -> None:
    schema(document, "Product")["properties"]["visibility"]["enum"].append("hidden")


def open_up(document: dict[str, Any]) -> None:
    del schema(document, "Product")["properties"]["visibility"]["enum"]


def leave_bare(document: dict[str, Any]) -> None:
    schema(document, "Product")["properties"]["prices"]["items"] = {}


def take_less(document: dict[str, Any]) -> None:
    del schema(document, "ProductCreateInput")["properties"]["description"]


def ask_more(document: dict[str, Any]) -> None:
    schema(document, "ProductCreateInput")["required"].append("visibility")


def refuse_null(document: dict[str, Any]) -> None:
    schema(document, "ProductCreateInput")["properties"]["description"]["type"] = "string"


def narrow(document: dict[str, Any]) -> None:
    schema(document, "Visibility")["enum"].remove("draft")


def forget_filter(document: dict[str, Any]) -> None:
    operation = document["paths"]["/v1/products/"]["get"]
    operation["parameters"] = [
        one for one in operation["parameters"] if one["name"] != "is_archived"
    ]


def rename_refusal(document: dict[str, Any]) -> None:
    schema(document, "NotFound")["properties"]["error"]["enum"] = ["Gone"]


def describe_problems(document: dict[str, Any]) -> None:
    schema(document, "ValidationError")["properties"]["detail"] = {"type": "string"}


def forget_refusal(document: dict[str, Any]) -> None:
    del document["paths"]["/v1/products/"]["post"]["responses"]["422"]


class TestComparison:
    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            (drop, ("products.get", "answer.name", "is missing")),
            (let_be_absent, ("products.get", "answer.name", "may be absent")),
            (let_be_null, ("products.get", "answer.name", "may be null")),
            (retype, ("products.get", "answer.name", "is of type integer, not string")),
            (widen, ("products.get", "answer.visibility", "may also be 'hidden'")),
            (open_up, ("products.get", "answer.visibility", "may be any text")),
            (leave_bare, ("products.get", "answer.prices[]", "is not described")),
            (take_less, ("products.create", "body.description", "is not taken")),
            (ask_more, ("products.create", "body.visibility", "is required")),
            (refuse_null, ("products.create", "body.description", "may not be null")),
            (narrow, ("products.create", "body.visibility", "may not be 'draft'")),
            (forget_filter, ("products.list", "query.is_archived", "is not taken")),
            (rename_refusal, ("products.get", "errors.404", "may also be Gone")),
            (
                describe_problems,
                ("products.get", "errors.422", "may also be RequestValidationError"),
            ),
            (forget_refusal, ("products.create", "errors", "422 is not documented")),
        ],
    )
    def test_finds(
        self,
        monkeypatch: pytest.MonkeyPatch,
        change: Callable[[dict[str, Any]], None],
        expected: tuple[str, str, str],
    ) -> None:
        document = deepcopy(document_of(VERSION))
        change(document)
        monkeypatch.setattr(conformity, "document_of", lambda version: document)
        found = differences_of(VERSION)
        assert Difference(*expected) in found[expected[0]]


class TestVersions:
    def test_have_documents_of_their_own(self) -> None:
        keys = {
            version: set(schema(document_of(version), "GrantedLicenseKey")["properties"])
            for version in settings.API_VERSIONS
        }
        assert keys["2026-10"] - keys["2026-04"] == {"member_id", "member"}
        assert keys["2027-01"] - keys["2026-10"] == {
            *("subscription_id", "subscription", "order_id", "order")
        }
