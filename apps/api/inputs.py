"""Strict input: JSON types are taken as they are, nothing is guessed from text."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema_field
from email_validator import EmailNotValidError, validate_email
from rest_framework import serializers

from apps.api.errors import problems_of
from apps.api.query import INT_MAX
from apps.core.errors import SchemaInvalid

S = TypeVar("S", bound=serializers.Serializer[Any])


class TextField(serializers.CharField):
    """A JSON string; numbers are not text. Not trimmed unless asked; empty if that is not short."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("trim_whitespace", False)
        kwargs.setdefault("allow_blank", not kwargs.get("min_length"))
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The string itself."""
        if not isinstance(data, str):
            raise serializers.ValidationError("Input should be a valid string", "string_type")
        return super().to_internal_value(data)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """As CharField, without its habit of turning other types into text first."""
        if data is serializers.empty or isinstance(data, str) or data is None:
            return super().run_validation(data)
        raise serializers.ValidationError("Input should be a valid string", "string_type")


class WholeField(serializers.IntegerField):
    """A JSON integer of at most 32 bits; `true` and `1.5` are none."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_value", INT_MAX)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        """The number itself."""
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            raise serializers.ValidationError("Input should be a valid integer", "int_type")
        return data


@extend_schema_field({"type": ["string", "number"]})
class RateField(serializers.DecimalField):
    """A rate of zero or more minor units: a JSON number, or a string with up to 12 decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=29, decimal_places=12, min_value=Decimal(0), **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        """The exact value."""
        if isinstance(data, bool) or not isinstance(data, int | float | str):
            raise serializers.ValidationError("Input should be a valid decimal", "decimal_type")
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """A JSON boolean."""

    def to_internal_value(self, data: Any) -> bool:
        """The value itself."""
        if not isinstance(data, bool):
            raise serializers.ValidationError("Input should be a valid boolean", "bool_type")
        return data


class ChoiceField(serializers.ChoiceField):
    """One of a few strings, as it is written."""

    def to_internal_value(self, data: Any) -> str:
        """The string itself."""
        if not isinstance(data, str) or data not in self.choices:
            known = ", ".join(f"'{choice}'" for choice in self.choices)
            raise serializers.ValidationError(f"Input should be one of {known}", "enum")
        return data


class EmailField(TextField):
    """An e-mail address, its form checked; see the operation for what else is asked of it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 320)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The address, its domain in lower case."""
        try:
            checked = validate_email(
                super().to_internal_value(data).strip(),
                check_deliverability=False,
                # Reserved names (example, test, localhost) are what sandboxes are made of.
                test_environment=True,
            )
        except EmailNotValidError as error:
            raise serializers.ValidationError(str(error), "value_error") from error
        return checked.normalized


class MapField(serializers.JSONField):
    """A JSON object, looked into by the operation."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The object itself."""
        if not isinstance(data, dict):
            raise serializers.ValidationError("Input should be a valid object", "dict_type")
        return data


def read_input(
    serializer: type[S], data: Any, *, partial: bool = False, is_strict: bool = False
) -> dict[str, Any]:
    """
    The fields of `data` that `serializer` knows, cleaned; with `is_strict` there may be no others.

    :raises SchemaInvalid: with every problem located under `body`.
    """
    if not isinstance(data, Mapping):
        raise SchemaInvalid.at(
            "body", msg="Input should be a valid object", value=data, kind="model_attributes_type"
        )
    form = _form(serializer, partial)
    unknown = [name for name in data if name not in form.fields] if is_strict else []
    if unknown:
        raise SchemaInvalid(
            [
                {
                    "loc": ["body", name],
                    "msg": "Extra inputs are not permitted",
                    "type": "extra_forbidden",
                    "input": data[name],
                }
                for name in unknown
            ]
        )
    try:
        return dict(form.run_validation(data))
    except serializers.ValidationError as error:
        raise SchemaInvalid(problems_of(error.detail, data)) from None


@cache
def _form(serializer: type[S], partial: bool) -> S:
    """
    One instance for all requests: a serializer copies each of its fields when it is made.

    `run_validation` leaves nothing behind on it, other than `is_valid`.
    """
    return serializer(data={}, partial=partial)
