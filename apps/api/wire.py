"""How values look on the wire: JSON bytes, times, and the headers every answer carries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from django.http import HttpResponse

from apps.core.errors import DomainError, ValidationFailed

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def dump(data: Any) -> bytes:
    """JSON bytes; UUIDs as text, times in UTC with `Z`."""
    return orjson.dumps(data, default=_plain, option=_OPTIONS)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return str(value)


def json_response(
    data: Any, status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    """A JSON answer."""
    return HttpResponse(dump(data), status=status, headers=headers, content_type="application/json")


def error_body(error: DomainError) -> dict[str, Any]:
    """The body of a refusal: the error's name, and its text or its list of problems."""
    if isinstance(error, ValidationFailed):
        return {"error": error.code, "detail": error.problems}
    return {"error": error.code, "detail": error.detail}


def error_response(error: DomainError, headers: dict[str, str] | None = None) -> HttpResponse:
    """The answer to a refusal."""
    return json_response(error_body(error), error.status, headers)
