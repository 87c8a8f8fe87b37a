"""
The merchant's own key-value pairs on an object: what they may hold, and how they are matched.

Up to 50 keys of 1 to 40 characters; values are text of 1 to 500 characters, numbers of 64 bits or
booleans. Nothing nested, and no null.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Final

from apps.core.errors import Problem, SchemaInvalid

MetadataValue = str | int | float | bool

MAX_KEYS: Final = 50
MAX_KEY_LENGTH: Final = 40
MAX_VALUE_LENGTH: Final = 500
# What goes over the wire has 64 bits, and PostgreSQL gives a large fraction back as a whole number.
MAX_NUMBER: Final = 2**63 - 1


def validate_metadata(
    value: object, *, loc: tuple[str | int, ...] = ("body", "metadata")
) -> dict[str, MetadataValue]:
    """
    The metadata as it can be stored.

    :raises SchemaInvalid: with one problem for each entry that is wrong, under `loc`.
    """
    if not isinstance(value, Mapping):
        raise SchemaInvalid([_problem(loc, "dict_type", "This must be an object.", value)])
    if len(value) > MAX_KEYS:
        message = f"There can be at most {MAX_KEYS} keys, not {len(value)}."
        raise SchemaInvalid([_problem(loc, "too_long", message, None)])
    problems = [
        problem
        for key, entry in value.items()
        if (problem := _key_problem(loc, key) or _value_problem((*loc, str(key)), entry))
    ]
    if problems:
        raise SchemaInvalid(problems)
    return dict(value)


def matches(metadata: Mapping[str, MetadataValue], query: Iterable[tuple[str, str]]) -> bool:
    """
    Whether the metadata has what is asked for, compared as text.

    Several values of one key are alternatives; different keys must all be met.
    """
    wanted: dict[str, set[str]] = {}
    for key, text in query:
        wanted.setdefault(key, set()).add(text)
    return all(key in metadata and as_text(metadata[key]) in texts for key, texts in wanted.items())


def as_text(value: MetadataValue) -> str:
    """A value the way a filter in an address spells it: booleans as in JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _key_problem(loc: tuple[str | int, ...], key: object) -> Problem | None:
    if not isinstance(key, str):
        return _problem(loc, "string_type", "A key must be text.", key)
    place = (*loc, key, "[key]")
    if not key:
        return _problem(place, "string_too_short", "A key cannot be empty.", key)
    if len(key) > MAX_KEY_LENGTH:
        message = f"A key has at most {MAX_KEY_LENGTH} characters."
        return _problem(place, "string_too_long", message, key)
    return _nul_problem(place, key)


def _value_problem(loc: tuple[str | int, ...], value: object) -> Problem | None:
    if isinstance(value, str):
        if not value:
            return _problem(loc, "string_too_short", "A value cannot be empty.", value)
        if len(value) > MAX_VALUE_LENGTH:
            message = f"A value has at most {MAX_VALUE_LENGTH} characters."
            return _problem(loc, "string_too_long", message, value)
        return _nul_problem(loc, value)
    if isinstance(value, float) and not math.isfinite(value):
        return _problem(loc, "finite_number", "A number must be finite.", str(value))
    if isinstance(value, int | float) and abs(value) > MAX_NUMBER:
        message = f"A number is from -{MAX_NUMBER} to {MAX_NUMBER}."
        return _problem(loc, "number_size", message, str(value))
    if isinstance(value, bool | int | float):
        return None
    message = "A value must be text, a number or a boolean."
    return _problem(loc, "string_type", message, value)


def _nul_problem(loc: tuple[str | int, ...], text: str) -> Problem | None:
    # PostgreSQL cannot store it inside JSON.
    if "\0" in text:
        return _problem(loc, "value_error", "The NUL character cannot be stored.", text)
    return None


def _problem(loc: tuple[str | int, ...], kind: str, message: str, value: object) -> Problem:
    return {"loc": list(loc), "msg": message, "type": kind, "input": value}
