"""JSON in, by orjson: whatever the body calls itself, it is read as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any

import orjson
from rest_framework.parsers import BaseParser

from apps.core.errors import SchemaInvalid

# Nothing the API takes is nested by half as much, and no answer could quote more than 254 levels.
MAX_DEPTH = 50


class OrjsonParser(BaseParser):
    """Reads the body of a request."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The JSON value, {} for an empty body; SchemaInvalid if it is not JSON or holds NUL."""
        return load(stream.read())


def load(body: bytes) -> Any:
    """
    The JSON value in `body`; an empty body is an empty object.

    :raises SchemaInvalid: if it is not JSON, is nested too deeply, or a string in it holds NUL,
        which the database cannot store.
    """
    if not body:
        return {}
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise SchemaInvalid.at(
            "body", error.pos, msg="JSON decode error", kind="json_invalid"
        ) from error
    # Most bodies have too few brackets to be that deep, and are not walked.
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _is_deeper(data, MAX_DEPTH):
        raise SchemaInvalid.at(
            "body", msg=f"JSON nested more than {MAX_DEPTH} levels deep", kind="json_invalid"
        )
    # The escape is the only spelling of NUL in JSON, so most bodies are not walked.
    if b"\\u0000" in body:
        for loc in _nul_locations(data, ("body",)):
            raise SchemaInvalid.at(*loc, msg="NUL characters are not allowed.")
    return data


def _is_deeper(value: Any, depth: int) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(depth):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _nul_locations(value: Any, loc: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, str) and "\x00" in value:
        yield loc
    elif isinstance(value, dict):
        for key, inner in value.items():
            if "\x00" in key:
                yield loc
            yield from _nul_locations(inner, (*loc, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _nul_locations(inner, (*loc, index))
