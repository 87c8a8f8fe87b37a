"""What a benefit of licence keys promises: its properties, read and checked."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from apps.core.errors import Problem, SchemaInvalid
from apps.license_keys.keys import clean_prefix

TYPE: Final = "license_keys"
INT_MAX: Final = 2_147_483_647
MAX_PREFIX_LENGTH: Final = 64

Timeframe = Literal["year", "month", "day"]
# A hundred years of days or months, and what a date can hold of years.
MAX_TTL: Final[Mapping[str, int]] = {"year": 457, "month": 1200, "day": 36_500}
LAST_YEAR: Final = 9999


@dataclass(frozen=True, slots=True)
class Expiry:
    """So long after the purchase a key ends."""

    ttl: int
    timeframe: Timeframe

    def after(self, at: datetime) -> datetime:
        """The moment; the last day of a month where the day does not exist in it."""
        if self.timeframe == "day":
            return at + timedelta(days=self.ttl)
        months = self.ttl * (12 if self.timeframe == "year" else 1)
        years, month = divmod(at.month - 1 + months, 12)
        year = min(at.year + years, LAST_YEAR)
        day = min(at.day, calendar.monthrange(year, month + 1)[1])
        return at.replace(year=year, month=month + 1, day=day)


@dataclass(frozen=True, slots=True)
class Terms:
    """The properties of a benefit. A limit that is None is none."""

    prefix: str | None = None
    expiry: Expiry | None = None
    limit_activations: int | None = None
    enable_customer_admin: bool = False
    limit_usage: int | None = None

    def properties(self) -> dict[str, Any]:
        """As the API shows them and the benefit keeps them."""
        return {
            "prefix": self.prefix,
            "expires": self.expiry and {"ttl": self.expiry.ttl, "timeframe": self.expiry.timeframe},
            "activations": None
            if self.limit_activations is None
            else {
                "limit": self.limit_activations,
                "enable_customer_admin": self.enable_customer_admin,
            },
            "limit_usage": self.limit_usage,
        }

    def expires_at(self, *, at: datetime, is_subscription: bool) -> datetime | None:
        """When a key that is granted `at` ends by itself; one of a subscription never does."""
        return None if is_subscription or self.expiry is None else self.expiry.after(at)


def terms_of(properties: Mapping[str, Any]) -> Terms:
    """The terms of a benefit that is stored."""
    expires, activations = properties.get("expires"), properties.get("activations")
    return Terms(
        prefix=properties.get("prefix"),
        expiry=Expiry(expires["ttl"], expires["timeframe"]) if expires else None,
        limit_activations=activations["limit"] if activations else None,
        enable_customer_admin=bool(activations and activations["enable_customer_admin"]),
        limit_usage=properties.get("limit_usage"),
    )


def read_terms(properties: object, *, loc: tuple[str | int, ...] = ("body", "properties")) -> Terms:
    """
    The terms that the properties of a request ask for.

    :raises SchemaInvalid: with a problem for each entry that is wrong, under `loc`.
    """
    reader = _Reader(loc)
    given = reader.mapping(properties, ()) or {}
    prefix = reader.text(given.get("prefix"), ("prefix",))
    expiry = reader.expiry(given.get("expires"))
    limit, is_admin = reader.activations(given.get("activations"))
    usage = given.get("limit_usage")
    limit_usage = None if usage is None else reader.whole(usage, ("limit_usage",))
    if reader.problems:
        raise SchemaInvalid(reader.problems)
    return Terms(clean_prefix(prefix), expiry, limit, is_admin, limit_usage)


class _Reader:
    """Reads one value after the other and collects what is wrong."""

    def __init__(self, loc: tuple[str | int, ...]) -> None:
        self._loc = loc
        self.problems: list[Problem] = []

    def mapping(self, value: object, where: tuple[str, ...]) -> Mapping[str, Any] | None:
        if isinstance(value, Mapping):
            return value
        self._refuse(where, "dict_type", "Input should be a valid object", value)
        return None

    def text(self, value: object, where: tuple[str, ...]) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            self._refuse(where, "string_type", "Input should be a valid string", value)
            return None
        if len(value) > MAX_PREFIX_LENGTH:
            words = f"String should have at most {MAX_PREFIX_LENGTH} characters"
            self._refuse(where, "string_too_long", words, value)
        return value

    def whole(self, value: object, where: tuple[str, ...], most: int = INT_MAX) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            self._refuse(where, "int_type", "Input should be a valid integer", value)
            return 0
        if value < 1:
            self._refuse(where, "greater_than", "Input should be greater than 0", value)
        if value > most:
            words = f"Input should be less than or equal to {most}"
            self._refuse(where, "less_than_equal", words, value)
        return value

    def expiry(self, value: object) -> Expiry | None:
        given = None if value is None else self.mapping(value, ("expires",))
        if given is None:
            return None
        timeframe = given.get("timeframe")
        if not isinstance(timeframe, str) or timeframe not in MAX_TTL:
            words = "Input should be 'year', 'month' or 'day'"
            self._refuse(("expires", "timeframe"), "enum", words, timeframe)
            return None
        ttl = self.whole(given.get("ttl"), ("expires", "ttl"), MAX_TTL[timeframe])
        return Expiry(ttl, cast(Timeframe, timeframe))

    def activations(self, value: object) -> tuple[int | None, bool]:
        given = None if value is None else self.mapping(value, ("activations",))
        if given is None:
            return None, False
        limit = self.whole(given.get("limit"), ("activations", "limit"))
        is_admin = given.get("enable_customer_admin")
        if not isinstance(is_admin, bool):
            where = ("activations", "enable_customer_admin")
            self._refuse(where, "bool_type", "Input should be a valid boolean", is_admin)
        return limit, bool(is_admin)

    def _refuse(self, where: tuple[str, ...], kind: str, words: str, value: object) -> None:
        self.problems.append(
            {"loc": [*self._loc, *where], "msg": words, "type": kind, "input": value}
        )
