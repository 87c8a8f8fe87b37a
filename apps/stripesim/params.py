"""Declared request parameters: from wire text to typed values, or a 400 that names the culprit."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from .errors import malformed
from .wire import Raw

UNSET = ""  # what a client sends to clear a value


class Kind(ABC):
    """How one parameter is read. `unset` allows the empty string, read as None."""

    unset = False
    required = False

    def read(self, raw: Any, path: str) -> Any:
        """The typed value of `raw`; a refusal names `path`."""
        if raw == UNSET and isinstance(raw, str):
            if self.unset:
                return None
            raise malformed(
                f"You passed an empty string for '{path}'. Remove it to leave the value as is.",
                param=path,
                code="parameter_invalid_empty",
            )
        return self.convert(raw, path)

    @abstractmethod
    def convert(self, raw: Any, path: str) -> Any:
        """The typed value of a `raw` that is not empty."""


class Text(Kind):
    """Text, perhaps one of `choices`."""

    def __init__(
        self, *choices: str, max_length: int = 5000, unset: bool = False, required: bool = False
    ) -> None:
        self.choices = frozenset(choices)
        self.max_length = max_length
        self.unset = unset
        self.required = required

    def convert(self, raw: Any, path: str) -> str:
        """The typed value, or a 400 that names `path`."""
        if not isinstance(raw, str):
            raise malformed("Invalid string.", param=path)
        if len(raw) > self.max_length:
            raise malformed(
                f"Invalid string: {path} must be at most {self.max_length} characters.", param=path
            )
        if self.choices and raw not in self.choices:
            raise malformed(
                f"Invalid {path}: must be one of {', '.join(sorted(self.choices))}", param=path
            )
        return raw


class Integer(Kind):
    """A whole number between two bounds."""

    def __init__(
        self,
        minimum: int | None = None,
        maximum: int | None = None,
        *,
        unset: bool = False,
        required: bool = False,
    ) -> None:
        self.minimum = minimum
        self.maximum = maximum
        self.unset = unset
        self.required = required

    def convert(self, raw: Any, path: str) -> int:
        """The typed value, or a 400 that names `path`."""
        try:
            value = int(raw)
        except (TypeError, ValueError):
            message = f"Invalid integer: {raw}"
            raise malformed(message, param=path, code="parameter_invalid_integer") from None
        if self.minimum is not None and value < self.minimum:
            raise malformed(
                f"This value must be greater than or equal to {self.minimum}.",
                param=path,
                code="parameter_invalid_integer",
            )
        if self.maximum is not None and value > self.maximum:
            raise malformed(
                f"This value must be less than or equal to {self.maximum}.",
                param=path,
                code="parameter_invalid_integer",
            )
        return value


class Boolean(Kind):
    """`true` or `false`."""

    def __init__(self, *, required: bool = False) -> None:
        self.required = required

    def convert(self, raw: Any, path: str) -> bool:
        """The typed value, or a 400 that names `path`."""
        if raw not in ("true", "false"):
            raise malformed(f"Invalid boolean: {raw}", param=path)
        return bool(raw == "true")


class OffSession(Boolean):
    """Whether the customer is away; `one_off` and `recurring` are older ways to say yes."""

    def convert(self, raw: Any, path: str) -> bool:
        """True or False."""
        return raw in ("one_off", "recurring") or super().convert(raw, path)


class Items(Kind):
    """An array whose members are read alike."""

    def __init__(self, item: Kind, *, unset: bool = False, required: bool = False) -> None:
        self.item = item
        self.unset = unset
        self.required = required

    def convert(self, raw: Any, path: str) -> list[Any]:
        """The typed value, or a 400 that names `path`."""
        if not isinstance(raw, dict):
            raise malformed("Invalid array", param=path)
        return [self.item.read(value, f"{path}[{index}]") for index, value in raw.items()]


class Fields(Kind):
    """A nested object with its own declared parameters."""

    def __init__(
        self, fields: Mapping[str, Kind], *, unset: bool = False, required: bool = False
    ) -> None:
        self.fields = fields
        self.unset = unset
        self.required = required

    def convert(self, raw: Any, path: str) -> dict[str, Any]:
        """The typed value, or a 400 that names `path`."""
        if not isinstance(raw, dict):
            raise malformed("Invalid object", param=path)
        return read_fields(self.fields, raw, path)


class TextOrFields(Fields):
    """A token, or the object that it would stand for."""

    def convert(self, raw: Any, path: str) -> Any:
        """The token as text, or the typed object."""
        return raw if isinstance(raw, str) else super().convert(raw, path)


class Metadata(Kind):
    """At most 50 keys of 40 and values of 500 characters. Empty values are kept: they delete."""

    unset = True

    def convert(self, raw: Any, path: str) -> dict[str, str]:
        """The typed value, or a 400 that names `path`."""
        if not isinstance(raw, dict):
            raise malformed("Invalid object", param=path)
        for key, value in raw.items():
            if not isinstance(value, str):
                raise malformed("Metadata values must be strings.", param=f"{path}[{key}]")
            if len(key) > 40:
                message = "Metadata keys can have up to 40 characters."
                raise malformed(message, param=path)
            if len(value) > 500:
                message = "Metadata values can have up to 500 characters."
                raise malformed(message, param=f"{path}[{key}]")
        return raw


class Currency(Kind):
    """Three letters, lowercased."""

    def __init__(self, *, required: bool = False) -> None:
        self.required = required

    def convert(self, raw: Any, path: str) -> str:
        """The typed value, or a 400 that names `path`."""
        if not isinstance(raw, str) or len(raw) != 3 or not raw.isalpha():
            raise malformed(f"Invalid currency: {raw}", param=path)
        return raw.lower()


class Created(Kind):
    """A time, or a range of times `{gt, gte, lt, lte}`."""

    _bounds = ("gt", "gte", "lt", "lte")

    def convert(self, raw: Any, path: str) -> dict[str, int]:
        """The typed value, or a 400 that names `path`."""
        number = Integer()
        if not isinstance(raw, dict):
            exact = number.read(raw, path)
            return {"gte": exact, "lte": exact}
        for key in raw:
            if key not in self._bounds:
                raise unknown(f"{path}[{key}]")
        return {key: number.read(value, f"{path}[{key}]") for key, value in raw.items()}


EXPAND = Items(Text())
ADDRESS = {
    name: Text(unset=True) for name in ("city", "country", "line1", "line2", "postal_code", "state")
}
SHIPPING = Fields(
    {
        "address": Fields(ADDRESS, required=True),
        "name": Text(required=True),
        "phone": Text(unset=True),
        "carrier": Text(),
        "tracking_number": Text(),
    },
    unset=True,
)
LISTING: dict[str, Kind] = {
    "limit": Integer(1, 100),
    "starting_after": Text(),
    "ending_before": Text(),
    "expand": EXPAND,
}


def unknown(path: str) -> Exception:
    """The refusal of a parameter that nobody declared."""
    return malformed(f"Received unknown parameter: {path}", param=path, code="parameter_unknown")


def read_fields(fields: Mapping[str, Kind], raw: Raw, prefix: str = "") -> dict[str, Any]:
    """The typed values that were sent. Unknown and missing ones are refused."""
    values: dict[str, Any] = {}
    for key, value in raw.items():
        path = f"{prefix}[{key}]" if prefix else key
        kind = fields.get(key)
        if kind is None:
            raise unknown(path)
        values[key] = kind.read(value, path)
    for key, kind in fields.items():
        if kind.required and key not in values:
            path = f"{prefix}[{key}]" if prefix else key
            raise malformed(
                f"Missing required param: {path}.", param=path, code="parameter_missing"
            )
    return values
