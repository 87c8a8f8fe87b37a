"""Every request: where may it read, and what did it write?"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from apps.core.replica.choosing import judge
from apps.core.replica.positions import (
    parse_position,
    position_text,
    primary_position,
    remember,
    remembered_for,
)
from apps.core.replica.route import Route, routed, routed_parts

SAFE = frozenset({"GET", "HEAD"})


class ReplicaMiddleware:
    """
    Routes the reads of a request, and keeps how far the log was when it had written.

    For a caller of the API that is kept in Valkey, for a browser in a cookie beside that of its
    session. A forged one only leads its owner to the primary, or to a page a moment old.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The response, its later parts routed as well."""
        route = Route(
            choose=judge().choose,
            can_prefer=request.method in SAFE,
            position=parse_position(request.COOKIES.get(cookie_name(), "")),
        )
        with routed(route):
            response = self.get_response(request)
            if route.has_written:
                _keep(route, request, response)
        if response.streaming:
            streaming = cast(StreamingHttpResponse, response)
            parts = streaming.streaming_content
            streaming.streaming_content = routed_parts(parts, route)  # type: ignore[arg-type]
        return response


def cookie_name() -> str:
    """The cookie that holds how far a browser has written."""
    return f"{settings.SESSION_COOKIE_NAME}_written"


def _keep(route: Route, request: HttpRequest, response: HttpResponseBase) -> None:
    if route.caller:
        remember(route.caller, primary_position())
    elif settings.SESSION_COOKIE_NAME in {**request.COOKIES, **response.cookies}:
        cast(HttpResponse, response).set_cookie(
            cookie_name(),
            position_text(primary_position()),
            max_age=remembered_for(),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
