"""
Our OpenAPI documents held against what the installed SDK sends and takes.

An answer conforms if the SDK can read whatever our schema allows: nothing it requires is missing or
may be absent, nothing is null, of another type, or one of more values than it knows. An input
conforms if our schema allows whatever the SDK can send.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin

from django.conf import settings

from apps.api.document import document_of
from apps.api.sdk import Operation, operations_of, shape
from apps.api.shapes import Schema, is_required

_JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}
# A wrong discriminator outweighs everything else that may differ between two objects.
_FAR = 1000


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """What differs (`what`), and where: `products.list`, `answer.items[].name`."""

    operation: str
    place: str
    what: str


def differences_of(version: str) -> dict[str, list[Difference]]:
    """The differences of each operation of the SDK that the document of a version has."""
    document = document_of(version)
    ours: dict[tuple[str, str], Schema] = {}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            if isinstance(described, dict) and "responses" in described:
                ours[(method.upper(), shape(path))] = described
    found: dict[str, list[Difference]] = {}
    comparison = _Comparison(document)
    for name, operation in operations_of(version).items():
        described_as = ours.get((operation.method, operation.path))
        if described_as is not None:
            places = comparison.operation(described_as, operation)
            found[name] = sorted({Difference(name, place, what) for place, what in places})
    return found


def all_differences() -> dict[str, dict[str, list[Difference]]]:
    """By version, by operation."""
    return {version: differences_of(version) for version in settings.API_VERSIONS}


Finding = tuple[str, str]
Compare = Callable[[Schema, Any, str], Iterator[Finding]]


class _Comparison:
    """Compares schemas of one document with types of the SDK."""

    def __init__(self, document: Schema) -> None:
        self._schemas = document["components"]["schemas"]
        # What is known of a component beside a type, by the direction; places are relative.
        self._known: dict[tuple[str, Any, str], list[Finding]] = {}

    def operation(self, ours: Schema, theirs: Operation) -> Iterator[Finding]:
        answers = ours["responses"]
        if theirs.answer is not None:
            good: Schema = next((answers[code] for code in answers if code.startswith("2")), {})
            media = good.get("content", {}).get("application/json", {})
            yield from self.answer(media.get("schema", {}), theirs.answer, "answer")
        for code, names in theirs.statuses.items():
            if str(code) not in answers:
                yield "errors", f"{code} is not documented"
            elif names:
                yield from self._refusal(answers[str(code)], code, names)
        yield from self._body(ours, theirs)
        yield from self._query(ours, theirs)

    def _refusal(self, ours: Schema, code: int, names: frozenset[str]) -> Iterator[Finding]:
        """A refusal must be one of those that the SDK can read under this status."""
        content = ours.get("content", {}).get("application/json", {})
        for arm in self._alternatives(content.get("schema", {})):
            properties = arm.get("properties", {})
            if properties.get("detail", {}).get("type") == "array":
                sent = {"HTTPValidationError"}
            else:
                sent = _values(properties.get("error", {})) or set()
            # With Retry-After, which the SDK looks at before anything else.
            for name in sorted(sent - names - {"RateLimited"}):
                yield f"errors.{code}", f"may also be {name}"

    def _body(self, ours: Schema, theirs: Operation) -> Iterator[Finding]:
        content = ours.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        if not theirs.bodies:
            if schema and self._resolve(schema).get("required"):
                yield "body", "is required, and the SDK sends none"
            return
        for body in theirs.bodies:
            yield from self.input(schema, body, "body")

    def _query(self, ours: Schema, theirs: Operation) -> Iterator[Finding]:
        known = {one["name"]: one for one in ours.get("parameters", ()) if one["in"] == "query"}
        for name, hint in theirs.query.items():
            if name not in known:
                yield f"query.{name}", "is not taken"
                continue
            # One value stands for a list of one; a parameter that is null is not sent.
            arms = [arm for arm in _arms(hint) if arm is not type(None)]
            schema = known[name]["schema"]
            is_list = schema.get("type") == "array"
            for arm in arms:
                one = schema["items"] if is_list and get_origin(arm) is not list else schema
                yield from self.input(one, arm, f"query.{name}")
        for name, one in known.items():
            if one.get("required") and name not in theirs.query:
                yield f"query.{name}", "is required, and the SDK does not send it"

    # What we send must be read by them.

    def answer(self, ours: Schema, theirs: Any, at: str) -> Iterator[Finding]:
        yield from self._once("answer", self._answer, ours, theirs, at)

    def _answer(self, ours: Schema, theirs: Any, at: str) -> Iterator[Finding]:
        if theirs is Any:
            return
        arms = _arms(theirs)
        for alternative in self._alternatives(ours):
            if alternative.get("type") == "null":
                if type(None) not in arms:
                    yield at, "may be null"
                continue
            yield from self._nearest(
                [list(self._sent(alternative, arm, at)) for arm in arms if arm is not type(None)],
                at,
            )

    def _sent(self, ours: Schema, theirs: Any, at: str) -> Iterator[Finding]:
        kind = ours.get("type")
        origin = get_origin(theirs)
        if not kind and "enum" not in ours:
            if theirs not in (Any, object):
                yield at, "is not described"
        elif origin is Literal:
            yield from _within(_values(ours), set(get_args(theirs)), at, "may also be")
        elif theirs in _JSON_TYPES:
            taken = {_JSON_TYPES[theirs]} | ({"integer"} if theirs is float else set())
            if kind not in taken:
                yield at, f"is of type {kind}, not {_JSON_TYPES[theirs]}"
        elif origin is list:
            if kind != "array":
                yield at, f"is of type {kind}, not array"
            elif ours.get("maxItems") != 0:
                yield from self.answer(ours.get("items", {}), get_args(theirs)[0], f"{at}[]")
        elif kind != "object":
            yield at, f"is of type {kind}, not object"
        elif origin is dict:
            for name, schema in self._members(ours):
                yield from self.answer(schema, get_args(theirs)[1], f"{at}.{name}")
        elif dataclasses.is_dataclass(theirs):
            yield from self._object_sent(ours, typing.cast(type, theirs), at)

    def _object_sent(self, ours: Schema, theirs: type, at: str) -> Iterator[Finding]:
        properties, required = ours.get("properties", {}), ours.get("required", ())
        hints = typing.get_type_hints(theirs)
        for field in dataclasses.fields(theirs):
            place = f"{at}.{field.name}"
            is_needed = (
                field.default is dataclasses.MISSING
                and field.default_factory is dataclasses.MISSING
            )
            if field.name not in properties:
                if is_needed:
                    yield place, "is missing"
                continue
            if is_needed and field.name not in required:
                yield place, "may be absent"
            yield from self.answer(properties[field.name], hints[field.name], place)

    # What they send must be taken by us.

    def input(self, ours: Schema, theirs: Any, at: str) -> Iterator[Finding]:
        yield from self._once("input", self._input, ours, theirs, at)

    def _input(self, ours: Schema, theirs: Any, at: str) -> Iterator[Finding]:
        alternatives = list(self._alternatives(ours))
        if {} in alternatives:
            return
        for arm in _arms(theirs):
            if arm is type(None):
                if {"type": "null"} not in alternatives:
                    yield at, "may not be null"
                continue
            yield from self._nearest(
                [
                    list(self._taken(one, arm, at))
                    for one in alternatives
                    if one != {"type": "null"}
                ],
                at,
            )

    def _taken(self, ours: Schema, theirs: Any, at: str) -> Iterator[Finding]:
        kind, origin = ours.get("type"), get_origin(theirs)
        if not kind and "enum" not in ours:
            return
        if origin is Literal and kind == "boolean":
            if not all(isinstance(value, bool) for value in get_args(theirs)):
                yield at, "is of type boolean, not string"
        elif origin is Literal:
            if "enum" in ours:
                yield from _within(set(get_args(theirs)), _values(ours), at, "may not be")
            elif kind != "string":
                yield at, f"is of type {kind}, not string"
        elif theirs in _JSON_TYPES:
            yield from self._plain_taken(ours, theirs, at)
        elif origin is list:
            if kind != "array":
                yield at, f"is of type {kind}, not array"
            else:
                yield from self.input(ours.get("items", {}), get_args(theirs)[0], f"{at}[]")
        elif kind != "object":
            yield at, f"is of type {kind}, not object"
        elif origin is dict:
            rest = ours.get("additionalProperties", {})
            if isinstance(rest, dict):
                yield from self.input(rest, get_args(theirs)[1], f"{at}.*")
        elif typing.is_typeddict(theirs):
            yield from self._object_taken(ours, theirs, at)

    def _plain_taken(self, ours: Schema, theirs: Any, at: str) -> Iterator[Finding]:
        kind, wanted = ours.get("type"), _JSON_TYPES[theirs]
        taken = {kind} | ({"integer"} if kind == "number" else set())
        if "enum" in ours and theirs is str:
            yield at, "is one of few words, not any text"
        elif wanted not in taken:
            yield at, f"is of type {kind}, not {wanted}"

    def _object_taken(self, ours: Schema, theirs: Any, at: str) -> Iterator[Finding]:
        properties = ours.get("properties", {})
        hints = typing.get_type_hints(theirs, include_extras=True)
        for name, hint in hints.items():
            place = f"{at}.{name}"
            if name not in properties:
                if not isinstance(ours.get("additionalProperties"), dict):
                    yield place, "is not taken"
                continue
            yield from self.input(properties[name], _bare(hint), place)
        for name in ours.get("required", ()):
            if name not in hints or not is_required(theirs, name, hints[name]):
                yield f"{at}.{name}", "is required"

    # Schemas.

    def _once(
        self, direction: str, compare: Compare, ours: Schema, theirs: Any, at: str
    ) -> Iterator[Finding]:
        """Compare a component with a type once, wherever the two meet."""
        reference = ours.get("$ref")
        if reference is None:
            yield from compare(ours, theirs, at)
            return
        key = (reference, theirs, direction)
        if key not in self._known:
            # Known to itself, in case it holds others of its kind.
            self._known[key] = []
            self._known[key] = list(compare(ours, theirs, ""))
        for place, what in self._known[key]:
            yield f"{at}{place}", what

    def _alternatives(self, schema: Schema) -> Iterator[Schema]:
        """The schemas of which one must fit, none of them a reference or a union."""
        found = self._resolve(schema)
        arms = found.get("anyOf") or found.get("oneOf")
        if arms:
            for arm in arms:
                yield from self._alternatives(arm)
        elif isinstance(found.get("type"), list):
            for kind in found["type"]:
                yield {"type": "null"} if kind == "null" else {**found, "type": kind}
        elif found.get("enum") == [None]:
            yield {"type": "null"}
        else:
            noted = {"description", "readOnly", "title", "default"}
            yield found if set(found) - noted else {}

    def _resolve(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rsplit("/", 1)[1]]
        whole = schema.get("allOf")
        return self._resolve(whole[0]) if whole and len(whole) == 1 else schema

    def _members(self, schema: Schema) -> Iterator[tuple[str, Schema]]:
        yield from schema.get("properties", {}).items()
        rest = schema.get("additionalProperties", "properties" not in schema)
        if isinstance(rest, dict) or rest is True:
            yield "*", rest if isinstance(rest, dict) else {}

    @staticmethod
    def _nearest(attempts: list[list[Finding]], at: str) -> Iterator[Finding]:
        """The differences from the counterpart that is most alike."""
        if not attempts:
            yield at, "has no counterpart"
            return
        yield from min(attempts, key=_distance)


def _distance(findings: list[Finding]) -> int:
    far = ("may also be", "may not be ", "is of type")
    return sum(_FAR if what.startswith(far) else 1 for _, what in findings)


def _within(
    values: set[Any] | None, known: set[Any] | None, at: str, word: str
) -> Iterator[Finding]:
    if values is None:
        yield at, "may be any text"
    elif known is not None:
        for value in sorted(values - known, key=str):
            yield at, f"{word} {value!r}"


def _values(schema: Schema) -> set[Any] | None:
    return set(schema["enum"]) - {None} if "enum" in schema else None


def _arms(hint: Any) -> list[Any]:
    bare = _bare(hint)
    if bare is None:
        return [type(None)]
    if get_origin(bare) in (Union, types.UnionType):
        return [arm for one in get_args(bare) for arm in _arms(one)]
    return [bare]


def _bare(hint: Any) -> Any:
    while get_origin(hint) in (typing.Annotated, NotRequired, Required):
        hint = get_args(hint)[0]
    return hint
