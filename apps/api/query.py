"""Reading query parameters strictly: what does not fit is a located 422."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from apps.core.errors import SchemaInvalid

INT_MAX = 2_147_483_647


def parse_uuid(value: str, *loc: str | int) -> UUID:
    """The id in `value`; SchemaInvalid at `loc` if it is none."""
    try:
        return UUID(value)
    except ValueError as error:
        raise SchemaInvalid.at(
            *loc, msg="Input should be a valid UUID", value=value, kind="uuid_parsing"
        ) from error


class Query:
    """The parameters of one request; a parameter that is absent gives None."""

    def __init__(self, parameters: QueryDict) -> None:
        self._parameters = parameters

    def text(self, name: str) -> str | None:
        """A string."""
        return self._parameters.get(name)

    def texts(self, name: str) -> list[str] | None:
        """The strings of a repeatable parameter."""
        return self._parameters.getlist(name) or None

    def uuids(self, name: str) -> list[UUID] | None:
        """The ids of a repeatable parameter."""
        values = self._parameters.getlist(name)
        if not values:
            return None
        if len(values) == 1:
            return [parse_uuid(values[0], "query", name)]
        return [parse_uuid(value, "query", name, index) for index, value in enumerate(values)]

    def ids(self, *names: str) -> dict[str, list[UUID] | None]:
        """The ids of several repeatable parameters, by name."""
        return {name: self.uuids(name) for name in names}

    def boolean(self, name: str) -> bool | None:
        """True or false, however spelt."""
        value = self._parameters.get(name)
        if value is None:
            return None
        if value.lower() in ("true", "1", "yes", "on", "t", "y"):
            return True
        if value.lower() in ("false", "0", "no", "off", "f", "n"):
            return False
        raise self._refused(name, value, "Input should be a valid boolean", "bool_parsing")

    def number(self, name: str, default: int, *, least: int = 1) -> int:
        """A whole number from `least` up."""
        value = self._parameters.get(name)
        if value is None:
            return default
        try:
            number = int(value)
        except ValueError:
            raise self._refused(
                name, value, "Input should be a valid integer", "int_parsing"
            ) from None
        if number < least:
            message = f"Input should be greater than or equal to {least}"
            raise self._refused(name, value, message, "greater_than_equal")
        if number > INT_MAX:
            message = f"Input should be less than or equal to {INT_MAX}"
            raise self._refused(name, value, message, "less_than_equal")
        return number

    def choices(self, name: str, allowed: Iterable[str]) -> list[str] | None:
        """The values of a repeatable parameter, each one of `allowed`."""
        values = self._parameters.getlist(name)
        known = list(allowed)
        for index, value in enumerate(values):
            if value not in known:
                message = f"Input should be one of {', '.join(known)}"
                raise SchemaInvalid.at("query", name, index, msg=message, value=value, kind="enum")
        return values or None

    def time(self, name: str) -> datetime | None:
        """An aware time."""
        value = self._parameters.get(name)
        if value is None:
            return None
        try:
            time = parse_datetime(value)
        except ValueError:
            time = None
        if time is None or time.tzinfo is None:
            message = "Input should be a valid datetime with an offset"
            raise self._refused(name, value, message, "datetime_parsing")
        return time

    def zone(self, name: str) -> ZoneInfo:
        """A time zone by its name; UTC if absent."""
        value = self._parameters.get(name) or "UTC"
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise self._refused(name, value, "There is no such time zone.", "value_error") from None

    @staticmethod
    def _refused(name: str, value: Any, message: str, kind: str) -> SchemaInvalid:
        return SchemaInvalid.at("query", name, msg=message, value=value, kind=kind)
