"""Holding every answer of the API to the OpenAPI document of its version."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import httpx
import jsonschema_rs

from apps.api.document import document_of


class NotAsDocumented(AssertionError):
    """An answer that its document does not announce."""


def check_answer(request: httpx.Request, answer: httpx.Response) -> None:
    """
    Nothing, if the answer of the API is one that the document of its version announces.

    Requests that reach no endpoint are none of its business.

    :raises NotAsDocumented: if it is not.
    """
    version = answer.headers.get("Polar-Version")
    if version is None or request.headers.get("Polar-Version", version) != version:
        return
    path = _path_of(version, request.url.path)
    method = request.method.lower()
    if path is None or method not in document_of(version)["paths"][path]:
        return
    responses = document_of(version)["paths"][path][method]["responses"]
    status = str(answer.status_code)
    if status not in responses:
        raise NotAsDocumented(f"{method} {path} answers {status}: {answer.text[:500]}")
    validator = _validator(version, path, method, status)
    if validator is None:
        return
    for error in validator.iter_errors(answer.json()):
        place = "/".join(map(str, error.instance_path))
        raise NotAsDocumented(f"{method} {path} {status} ({version}) at {place}: {error.message}")


@cache
def _patterns(version: str) -> list[tuple[re.Pattern[str], str]]:
    """The paths as patterns, those with fewer holes first."""
    paths = sorted(document_of(version)["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in paths]


@cache
def _path_of(version: str, address: str) -> str | None:
    found = (path for pattern, path in _patterns(version) if pattern.fullmatch(address))
    return next(found, None)


@cache
def _validator(version: str, path: str, method: str, status: str) -> Any:
    document = document_of(version)
    content = document["paths"][path][method]["responses"][status].get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return None
    return jsonschema_rs.Draft202012Validator(
        {**schema, "components": document["components"]}, validate_formats=False
    )
