"""What is noted about every request: its correlation id, how it ended, how long it took."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.core.access_log import access
from apps.core.correlation import accepted_id, correlated
from apps.core.metrics import REQUEST_SECONDS, REQUESTS
from apps.core.tracing import note_span

# Asked for every few seconds by machines.
_UNWATCHED: Final = ("/healthz", "/metrics")
UNMATCHED: Final = "unmatched"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class ObservingMiddleware:
    """Stands first: what others answer, refuse or break is noted, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._header = settings.CORRELATION_HEADER

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, and tell its id."""
        began = perf_counter()
        correlation_id = accepted_id(request.headers.get(self._header))
        with correlated(correlation_id):
            response = self.get_response(request)
            if not request.path_info.startswith(_UNWATCHED):
                _note(request, response, perf_counter() - began)
        response[self._header] = correlation_id
        return response


def route_of(request: HttpRequest) -> str:
    """The template of the address, never an id in it; one word for all that is no page of ours."""
    match = request.resolver_match
    return match.route if match is not None else UNMATCHED


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    route = route_of(request)
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.inc(method, route, str(response.status_code))
    REQUEST_SECONDS.observe(seconds, method, route)
    note_span(
        f"{method} {route}",
        seconds,
        is_failed=response.status_code >= 500,
        status=response.status_code,
    )
    access.info(
        "request",
        method=method,
        route=route,
        status=response.status_code,
        duration_ms=round(seconds * 1000),
    )
