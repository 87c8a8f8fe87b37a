"""Reading the properties of a benefit strictly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from apps.core.errors import ValidationFailed

T = TypeVar("T")


def wrong(name: str, message: str, value: Any, *, kind: str = "value_error") -> ValidationFailed:
    """The error for one property."""
    return ValidationFailed.at("body", "properties", name, msg=message, value=value, kind=kind)


def text(given: Mapping[str, Any], name: str, *, longest: int = 255) -> str:
    """A text of at least one character."""
    value = _of_type(given, name, str, "Input should be a valid string", "string_type")
    if not 1 <= len(value.strip()) <= longest:
        raise wrong(name, f"This must have 1 to {longest} characters.", value)
    return value.strip()


def flag(given: Mapping[str, Any], name: str) -> bool:
    """True or false."""
    return _of_type(given, name, bool, "Input should be a valid boolean", "bool_type")


def whole(given: Mapping[str, Any], name: str, *, least: int, most: int) -> int:
    """A whole number within bounds."""
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(name, "Input should be a valid integer", value, kind=_kind(given, name, "int"))
    if not least <= value <= most:
        raise wrong(name, f"The number must be {least} to {most}.", value)
    return value


def one_of(given: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    """One of a few words."""
    value = given.get(name)
    if value not in allowed:
        raise wrong(name, f"Input should be one of {', '.join(allowed)}", value, kind="enum")
    return str(value)


def each(value: Any, name: str, read: Callable[[Any], T | None]) -> list[T]:
    """A list whose items `read` understands (None: it does not)."""
    if not isinstance(value, list):
        raise wrong(name, "Input should be a valid list", value, kind="list_type")
    found = []
    for item in value:
        understood = read(item)
        if understood is None:
            raise wrong(name, "This item is not understood.", item)
        found.append(understood)
    return found


def _of_type(given: Mapping[str, Any], name: str, wanted: type[T], message: str, kind: str) -> T:
    value = given.get(name)
    if not isinstance(value, wanted):
        raise wrong(name, message, value, kind="missing" if name not in given else kind)
    return value


def _kind(given: Mapping[str, Any], name: str, kind: str) -> str:
    return f"{kind}_type" if name in given else "missing"
