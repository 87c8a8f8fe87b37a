"""The short way from the middleware of the API to its views."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, get_resolver

from apps.api.middleware import PREFIX
from apps.api.wire import error_response
from apps.core.errors import ResourceNotFound

# Addresses whose route is remembered. Lists have one each, so those always are.
REMEMBERED = 512
_IDS: Final = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ANY_ID: Final = "00000000-0000-4000-8000-000000000000"


class RoutingMiddleware:
    """
    Answers requests of the API by its views, and lets all others go on.

    What stands below it in `MIDDLEWARE` serves browsers with cookies: sessions, CSRF, logins,
    messages, HTMX. A request of the API has none of these, its views are exempt from CSRF, and so
    it spends no time there. What concerns it of those, the check of the host and the header
    against framing, is done here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request.get_host()
        try:
            match = _route(request.path_info, settings.ROOT_URLCONF)
        except Resolver404:
            return error_response(ResourceNotFound("Not Found"))
        request.resolver_match = match
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        return response


def _route(path: str, urlconf: str) -> ResolverMatch:
    """
    The route of the path.

    An id in it is looked up as if it were any other, since no route depends on which one it is:
    finding a route among all of them takes as long as reading a row.
    """
    ids = _IDS.findall(path)
    if len(ids) != 1 or _ANY_ID in path:
        return _remembered(path, urlconf)
    alike = _remembered(path.replace(ids[0], _ANY_ID), urlconf)
    return ResolverMatch(
        alike.func,
        alike.args,
        {name: text.replace(_ANY_ID, ids[0]) for name, text in alike.kwargs.items()},
        url_name=alike.url_name,
        route=alike.route,
    )


@lru_cache(maxsize=REMEMBERED)
def _remembered(path: str, urlconf: str) -> ResolverMatch:
    return get_resolver(urlconf).resolve(path)
