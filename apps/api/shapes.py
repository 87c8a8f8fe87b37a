"""
The shapes of answers as JSON schemas, from the types of their presenters.

A presenter returns a TypedDict; notes in `Annotated` say what its Python type cannot: the values
that a string may have, the object behind a `dict[str, Any]`, the versions that have a key.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin
from uuid import UUID

Schema = dict[str, Any]

# Shapes known by name to apps below the one that has them.
_named: dict[str, Any] = {}

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    # As orjson writes it: as text.
    Decimal: {"type": "string"},
}


class OneOf:
    """The values that a string may have."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = tuple(str(value) for value in values)


@dataclass(frozen=True, slots=True)
class Shown:
    """What an answer has there: a type, or the name under which an app above has named one."""

    hint: Any


@dataclass(frozen=True, slots=True, eq=False)
class Variants:
    """
    Objects like `base`, one kind for each name in `kinds`, which says what is different there.

    The value under `key`, if given, tells them apart.
    """

    base: Any
    key: str | None
    kinds: Mapping[str, Mapping[str, Any]]

    def one(self, kind: str) -> Variants:
        """That kind alone."""
        return Variants(self.base, self.key, {kind: self.kinds[kind]})


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """An object of this name with these keys, none of which is ever absent."""

    name: str
    hints: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Empty:
    """A list of what this installation has none of."""


@dataclass(frozen=True, slots=True)
class Since:
    """The first version of the API that has the key."""

    version: str


@dataclass(frozen=True, slots=True)
class Before:
    """The first version of the API that no longer has the key."""

    version: str


def name_shape(name: str, hint: Any) -> None:
    """Let apps below speak of `hint` as `Shown(name)`."""
    _named[name] = hint


class Shapes:
    """The schemas of one version; `components` gathers the objects they refer to."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.components: dict[str, Schema] = {}
        self._owners: dict[str, Any] = {}

    def schema(self, hint: Any) -> Schema:
        """
        The schema of what `hint` describes.

        :raises TypeError: for a type that has no counterpart in JSON.
        """
        if hint in (Any, object):
            return {}
        if hint is None:
            return {"type": "null"}
        if isinstance(hint, Variants):
            return _any_of([self._variant(hint, kind) for kind in hint.kinds])
        if isinstance(hint, Keys):
            return self._keys(hint)
        if typing.is_typeddict(hint):
            return self._reference(hint)
        if isinstance(hint, type) and hint in _PLAIN:
            return dict(_PLAIN[hint])
        return self._generic(hint)

    def _generic(self, hint: Any) -> Schema:
        origin, args = get_origin(hint), get_args(hint)
        if origin is typing.Annotated:
            return self._annotated(args[0], args[1:])
        if origin in (Required, NotRequired):
            return self.schema(args[0])
        if origin is Literal:
            return {"type": "null"} if args == (None,) else {"type": "string", "enum": list(args)}
        if origin in (Union, types.UnionType):
            return _any_of([self.schema(arm) for arm in args])
        if origin in (list, tuple) or (isinstance(origin, type) and issubclass(origin, Iterable)):
            if isinstance(origin, type) and issubclass(origin, Mapping):
                return {"type": "object", "additionalProperties": self.schema(args[1])}
            return {"type": "array", "items": self.schema(args[0])}
        raise TypeError(f"No schema for {hint!r}")

    def _annotated(self, hint: Any, notes: tuple[Any, ...]) -> Schema:
        for note in notes:
            if isinstance(note, OneOf):
                return {"type": "string", "enum": list(note.values)}
            if isinstance(note, Shown):
                shown = _named[note.hint] if isinstance(note.hint, str) else note.hint
                return self.schema(shown)
            if isinstance(note, Empty):
                return {"type": "array", "maxItems": 0}
        return self.schema(hint)

    def _reference(self, body: Any) -> Schema:
        name = _name(body)
        owner = self._owners.setdefault(name, body)
        if owner is not body:
            raise TypeError(f"{owner!r} and {body!r} go by one name")
        if name not in self.components:
            # Put there first: an object may hold others of its kind.
            self.components[name] = {}
            self.components[name].update(self._object(body))
        return {"$ref": f"#/components/schemas/{name}"}

    def _variant(self, variants: Variants, kind: str) -> Schema:
        words = "".join(word.capitalize() for word in kind.split("_"))
        name = f"{_name(variants.base)}{words}"
        if name not in self.components:
            own = dict(variants.kinds[kind])
            if variants.key:
                own[variants.key] = Literal[kind]
            self.components[name] = {}
            found = self._object(variants.base)
            found["properties"] |= {key: self.schema(hint) for key, hint in own.items()}
            found["required"] = sorted({*found.get("required", ()), *own})
            self.components[name].update(found)
        return {"$ref": f"#/components/schemas/{name}"}

    def _keys(self, keys: Keys) -> Schema:
        properties = {key: self.schema(hint) for key, hint in keys.hints.items()}
        found: Schema = {"type": "object", "properties": properties, "required": [*properties]}
        self.components[keys.name] = found
        return {"$ref": f"#/components/schemas/{keys.name}"}

    def _object(self, body: Any) -> Schema:
        required: list[str] = []
        properties: dict[str, Schema] = {}
        for key, hint in typing.get_type_hints(body, include_extras=True).items():
            if not self._has(hint):
                continue
            properties[key] = self.schema(hint)
            if is_required(body, key, hint):
                required.append(key)
        found: Schema = {"type": "object", "properties": properties}
        if required:
            found["required"] = required
        if body.__doc__:
            found["description"] = inspect.cleandoc(body.__doc__)
        return found

    def _has(self, hint: Any) -> bool:
        for note in get_args(hint)[1:] if get_origin(hint) is typing.Annotated else ():
            if isinstance(note, Since) and self.version < note.version:
                return False
            if isinstance(note, Before) and self.version >= note.version:
                return False
        return True


def is_required(body: Any, key: str, hint: Any) -> bool:
    """Whether a TypedDict always has the key: `__required_keys__` cannot read hints in quotes."""
    while get_origin(hint) is typing.Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) in (Required, NotRequired):
        return get_origin(hint) is Required
    return key in body.__required_keys__


def _name(body: Any) -> str:
    return str(body.__name__).removesuffix("Body")


def _any_of(arms: list[Schema]) -> Schema:
    """One schema for all; a plain one with null keeps its form."""
    if len(arms) == 1:
        return arms[0]
    if len(arms) == 2 and {"type": "null"} in arms:
        other = next(arm for arm in arms if arm != {"type": "null"})
        if isinstance(other.get("type"), str) and "enum" not in other:
            return {**other, "type": [other["type"], "null"]}
    return {"anyOf": arms}
