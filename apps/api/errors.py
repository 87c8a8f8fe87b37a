"""The refusals of the API itself, and how every exception becomes an answer."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from rest_framework import exceptions

from apps.api.wire import error_response, json_response
from apps.core.errors import (
    DomainError,
    NotPermitted,
    Problem,
    ResourceNotFound,
    SchemaInvalid,
    Unauthorized,
)

CHALLENGE = 'Bearer realm="polar"'


class LengthRequired(DomainError):
    """A body came without saying how long it is."""

    status = 411
    message = "Content-Length header is required."


class RequestBodyTooLarge(DomainError):
    """The body is longer than the API takes."""

    status = 413
    message = "The request body is too large."


class MethodNotAllowed(DomainError):
    """The path exists and does not answer to this method."""

    status = 405
    message = "Method Not Allowed"


class IdempotencyConflict(DomainError):
    """The key belongs to another request, or to one still being answered."""

    status = 409
    message = "This idempotency key was used for another request."


class RateLimited(DomainError):
    """Too many requests; `retry_after` says in how many seconds to come back."""

    status = 429
    message = "Too many requests."

    def __init__(self, retry_after: int) -> None:
        self.retry_after = max(1, retry_after)
        super().__init__()


def respond_to_exception(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The answer to an exception from a view; None lets an unexpected one fly (500)."""
    if isinstance(error, DomainError):
        return respond_to_refusal(error)
    if isinstance(error, Http404):
        return error_response(ResourceNotFound())
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        return error_response(NotPermitted())
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return respond_to_refusal(Unauthorized())
    if isinstance(error, exceptions.ValidationError):
        return error_response(SchemaInvalid(problems_of(error.detail, None)))
    if isinstance(error, exceptions.APIException):
        body = {"error": type(error).__name__, "detail": str(error.detail)}
        return json_response(body, error.status_code)
    return None


def respond_to_refusal(error: DomainError) -> HttpResponse:
    """The answer to a refusal, with the header its status asks for."""
    headers: dict[str, str] = {}
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after)
    elif error.status == 401:
        headers["WWW-Authenticate"] = CHALLENGE
    return error_response(error, headers)


_KINDS = {
    "required": "missing",
    "null": "none_not_allowed",
    "blank": "string_too_short",
    "min_length": "string_too_short",
    "max_length": "string_too_long",
    "min_value": "greater_than_equal",
    "max_value": "less_than_equal",
    "invalid_choice": "enum",
    "not_a_list": "list_type",
    "not_a_dict": "dict_type",
    "invalid": "value_error",
}


def problems_of(detail: Any, data: Any, loc: tuple[str | int, ...] = ("body",)) -> list[Problem]:
    """The nested errors of a serializer as a flat list of located problems."""
    problems: list[Problem] = []
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = loc if name == "non_field_errors" else (*loc, name)
            value = data if name == "non_field_errors" else _item(data, name)
            problems += problems_of(inner, value, here)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            if isinstance(inner, dict | list):
                problems += problems_of(inner, _item(data, index), (*loc, index))
            else:
                problems.append(_problem(inner, data, loc))
    else:
        problems.append(_problem(detail, data, loc))
    return problems


def _problem(message: Any, value: Any, loc: tuple[str | int, ...]) -> Problem:
    code = getattr(message, "code", "invalid")
    return {
        "loc": list(loc),
        "msg": str(message),
        "type": _KINDS.get(code, code),
        "input": value,
    }


def _item(data: Any, key: Any) -> Any:
    if isinstance(data, dict):
        return data.get(key)
    if isinstance(data, list) and isinstance(key, int) and key < len(data):
        return data[key]
    return None
