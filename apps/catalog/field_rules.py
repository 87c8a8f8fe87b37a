"""How custom fields are defined. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from apps.core.errors import ValidationFailed

Properties = dict[str, Any]

_SLUG: Final = re.compile(r"[a-z0-9_-]+")
_SHOWN: Final = ("form_label", "form_help_text", "form_placeholder")
INT_MAX: Final = 2**31 - 1
_TIME_MAX: Final = 253_402_300_799  # The last second of the year 9999.
_MAX_TEXT: Final = 1000


def clean_slug(slug: str) -> str:
    """:raises ValidationFailed: for anything but small letters, digits, dashes and underscores."""
    if not _SLUG.fullmatch(slug) or len(slug) > 256:
        message = "A slug is made of small letters, digits, dashes and underscores."
        raise ValidationFailed.at("body", "slug", msg=message, value=slug)
    return slug


def clean_name(name: str) -> str:
    """:raises ValidationFailed: if nothing is left of it, or too much."""
    if not 1 <= len(name.strip()) <= 256:
        message = "The name must have 1 to 256 characters."
        raise ValidationFailed.at("body", "name", msg=message, value=name)
    return name.strip()


def clean_properties(field_type: str, given: Mapping[str, Any]) -> Properties:
    """
    What is kept of the properties of a field; those that its type does not know are left out.

    :raises ValidationFailed: at the first that breaks a rule.
    """
    kept: Properties = {}
    for name, check in {**dict.fromkeys(_SHOWN, _text), **_CHECKS[field_type]}.items():
        if given.get(name) is not None:
            kept[name] = check(given[name], name)
    for low, high in (("min_length", "max_length"), ("ge", "le")):
        if low in kept and high in kept and kept[low] > kept[high]:
            raise _refusal("The lower bound is above the upper one.", kept[low], low)
    if field_type == "select" and "options" not in kept:
        raise _refusal("At least one option is needed.", None, "options")
    return kept


def _text(value: Any, *path: str | int) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT or "\0" in value:
        raise _refusal(f"This must be text of at most {_MAX_TEXT} characters.", value, *path)
    return value


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise _refusal("This must be true or false.", value, name)
    return value


def _whole(low: int, high: int) -> Callable[[Any, str], int]:
    def check(value: Any, name: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise _refusal(f"This must be a whole number from {low} to {high}.", value, name)
        return value

    return check


def _options(value: Any, name: str) -> list[dict[str, str]]:
    if not isinstance(value, list) or not value:
        raise _refusal("At least one option is needed.", value, name)
    options = []
    for index, option in enumerate(value):
        if not isinstance(option, Mapping):
            raise _refusal("An option has a value and a label.", option, name, index)
        made = {}
        for part in ("value", "label"):
            made[part] = _text(option.get(part), name, index, part)
            if not made[part]:
                raise _refusal("This cannot be empty.", "", name, index, part)
        options.append(made)
    values = [option["value"] for option in options]
    if len(set(values)) < len(values):
        raise _refusal("Each option needs a value of its own.", values, name)
    return options


def _refusal(message: str, value: Any, *path: str | int) -> ValidationFailed:
    return ValidationFailed.at("body", "properties", *path, msg=message, value=value)


_LENGTH: Final = _whole(0, INT_MAX)
_NUMBER: Final = _whole(-INT_MAX - 1, INT_MAX)
_MOMENT: Final = _whole(-_TIME_MAX, _TIME_MAX)
_CHECKS: Final[dict[str, dict[str, Callable[..., Any]]]] = {
    "text": {"textarea": _flag, "min_length": _LENGTH, "max_length": _LENGTH},
    "number": {"ge": _NUMBER, "le": _NUMBER},
    # Seconds since 1970.
    "date": {"ge": _MOMENT, "le": _MOMENT},
    "checkbox": {},
    "select": {"options": _options},
}
