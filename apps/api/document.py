"""The OpenAPI document of each version of the API."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from apps.api.shapes import Schema, Shapes

# The mark of a shape: shapes differ between versions, so they are filled in at the end.
_MARK: Final = "x-shape"

_hints: list[Any] = []

_INTEGER: Final[Schema] = {"type": "integer"}
_TEXT: Final[Schema] = {"type": "string"}
_PROBLEM: Final[Schema] = {
    "type": "object",
    "properties": {
        "loc": {"type": "array", "items": {"anyOf": [_TEXT, _INTEGER]}},
        "msg": _TEXT,
        "type": _TEXT,
        "input": {},
    },
    "required": ["loc", "msg", "type"],
}


def refusal_schema(description: str, *names: str, detail: Schema = _TEXT) -> Schema:
    """The body of a refusal by one of these names, any if none is given."""
    error = {"type": "string", "enum": list(names)} if names else _TEXT
    return {
        "type": "object",
        "description": description,
        "properties": {"error": error, "detail": detail},
        "required": ["error", "detail"],
    }


# What a status means wherever nothing else is said.
COMPONENT_OF: Final = {
    401: "Unauthorized",
    403: "NotPermitted",
    404: "NotFound",
    409: "IdempotencyConflict",
    411: "LengthRequired",
    413: "RequestBodyTooLarge",
    422: "ValidationError",
    429: "RateLimited",
}
_COMPONENTS: Final[dict[str, Schema]] = {
    "Error": refusal_schema("A refusal: the name of the error, and what to tell people."),
    "NotFound": refusal_schema("No such object, or none that is yours.", "ResourceNotFound"),
    "Unauthorized": refusal_schema("No credential, or one that does not hold.", "Unauthorized"),
    "NotPermitted": refusal_schema("A credential that does not reach this.", "NotPermitted"),
    "IdempotencyConflict": refusal_schema("A key of an earlier request.", "IdempotencyConflict"),
    "LengthRequired": refusal_schema("A body without its length.", "LengthRequired"),
    "RequestBodyTooLarge": refusal_schema("A body that is too long.", "RequestBodyTooLarge"),
    "RateLimited": refusal_schema("Too many requests.", "RateLimited"),
    "ValidationError": refusal_schema(
        "What is wrong with the input, and where.",
        *("RequestValidationError", "PolarRequestValidationError"),
        detail={"type": "array", "items": _PROBLEM},
    ),
}


@cache
def document_of(version: str) -> dict[str, Any]:
    """The document of a version, made once for a process."""
    generator: Any = SchemaGenerator(api_version=version)  # type: ignore[no-untyped-call]
    document: dict[str, Any] = generator.get_schema(request=None, public=True)
    return document


def mark(hint: Any) -> Schema:
    """A place in the document for the schema of `hint`."""
    _hints.append(hint)
    return {_MARK: len(_hints) - 1}


def finish(result: Schema, generator: Any, **kwargs: Any) -> Schema:
    """Fill in the shapes of the generator's version, and write null the way of JSON Schema."""
    version = generator.api_version or settings.API_DEFAULT_VERSION
    shapes = Shapes(version)
    found: Schema = _filled(result, shapes)
    found["openapi"] = "3.1.0"
    found["info"]["version"] = version
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in (*shapes.components.items(), *_COMPONENTS.items()):
        if name in schemas:
            raise TypeError(f"Two schemas go by the name {name}")
        schemas[name] = schema
    found["components"]["schemas"] = dict(sorted(schemas.items()))
    return found


def _filled(value: Any, shapes: Shapes) -> Any:
    if isinstance(value, list):
        return [_filled(inner, shapes) for inner in value]
    if not isinstance(value, dict):
        return value
    if _MARK in value:
        return shapes.schema(_hints[value[_MARK]])
    inner = {key: _filled(one, shapes) for key, one in value.items() if key != "nullable"}
    return _nullable(inner) if value.get("nullable") is True else inner


def _nullable(schema: Schema) -> Schema:
    """The same or null; a schema without words takes null already."""
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    rest = {key: value for key, value in schema.items() if key != "description"}
    return {"anyOf": [schema, {"type": "null"}]} if rest else schema
