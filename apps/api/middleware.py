"""What happens to a request of the merchant API before and after its view."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.api.cors import answer_preflight, is_preflight, share
from apps.api.errors import LengthRequired, RequestBodyTooLarge
from apps.api.versions import HEADER, requested_version
from apps.api.wire import error_response, json_response
from apps.core.errors import DomainError, ResourceNotFound, SchemaInvalid

PREFIX = "/v1/"
LEGACY_PREFIX = "/api/v1/"
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class ApiMiddleware:
    """Applies the conventions of the API to paths under `/v1` (and the older `/api/v1`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        is_legacy = request.path_info.startswith(LEGACY_PREFIX)
        if is_legacy:
            request.path = request.path_info = request.path_info.removeprefix("/api")
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if is_preflight(request):
            return answer_preflight(request)
        response = self._answer(request)
        if is_legacy:
            response["X-Polar-Deprecation-Notice"] = "Use paths under /v1."
        return _finished(request, response)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        version = requested_version(request)
        if version is None:
            return json_response({"detail": "Not Found"}, 404)
        request.api_version = version  # type: ignore[attr-defined]
        try:
            _check_length(request)
            _check_address(request)
        except DomainError as refusal:
            return error_response(refusal)
        return _as_json(self.get_response(request))


def _check_length(request: HttpRequest) -> None:
    length = request.META.get("CONTENT_LENGTH", "")
    if request.method in WITH_BODY and not length.isdigit():
        raise LengthRequired()
    if length.isdigit() and int(length) > settings.API_BODY_LIMIT_BYTES:
        raise RequestBodyTooLarge()


def _check_address(request: HttpRequest) -> None:
    """NUL cannot be stored, so no address may hold it."""
    if "\x00" in request.path_info:
        raise SchemaInvalid.at("path", msg="NUL characters are not allowed.")
    query = request.META.get("QUERY_STRING", "")
    if "%00" in query:
        for name, value in parse_qsl(query, keep_blank_values=True):
            if "\x00" in name or "\x00" in value:
                raise SchemaInvalid.at("query", name, msg="NUL characters are not allowed.")


def _as_json(response: HttpResponse) -> HttpResponse:
    """Django's own pages for unknown paths and crashes, in the API's shape."""
    if response.status_code < 400 or response.headers.get("Content-Type") == "application/json":
        return response
    if response.status_code == 404:
        return error_response(ResourceNotFound("Not Found"))
    if response.status_code >= 500:
        body = {"error": "InternalServerError", "detail": "Internal Server Error"}
        return json_response(body, response.status_code)
    return json_response(
        {"error": "BadRequest", "detail": response.reason_phrase}, response.status_code
    )


def _finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    version = getattr(request, "api_version", None)
    if version is not None:
        response[HEADER] = version
    response.headers.setdefault("Cache-Control", "private, no-store")
    if settings.SANDBOX:
        response["X-Polar-Sandbox"] = "1"
    if not response.streaming:
        response.headers.setdefault("Content-Length", str(len(response.content)))
        if request.method == "HEAD":
            response.content = b""
    return share(request, response)
