"""What an address may fill in of the checkout that a link makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers

from apps.checkouts.api.serializers import PublicUpdateInput
from apps.checkouts.operations import Prefill

_TEXTS: Final = ("product_id", "customer_email", "customer_name", "discount_code", "locale")
_TRACKED: Final = (
    "reference_id",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
)
# Before the slug of a custom field.
_ANSWER: Final = "custom_field_data."


def read_prefill(query: Mapping[str, str]) -> Prefill:
    """The parameters of an address that say something, held to the rules of the API's input."""
    wishes: list[tuple[str, Any]] = []
    fields = PublicUpdateInput().fields
    given: dict[str, Any] = {name: query[name] for name in _TEXTS if query.get(name)}
    if query.get("amount", "").isdecimal():
        given["amount"] = int(query["amount"])
    for name, value in given.items():
        try:
            wishes.append((name, fields[name].run_validation(value)))
        except serializers.ValidationError:
            continue
    answers = {
        name.removeprefix(_ANSWER): value
        for name, value in query.items()
        if name.startswith(_ANSWER) and "\0" not in name
    }
    return Prefill(
        wishes=wishes,
        answers=answers,
        metadata={name: query[name] for name in _TRACKED if query.get(name)},
    )
