"""`Polar-Version`: which shape of the API a request speaks."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

HEADER = "Polar-Version"


def requested_version(request: HttpRequest) -> str | None:
    """The version to answer in; None if the request names one that does not exist."""
    named = request.headers.get(HEADER)
    if named is None:
        return settings.API_DEFAULT_VERSION
    return named if named in settings.API_VERSIONS else None


def version_of(request: HttpRequest) -> str:
    """The version the middleware found for the request."""
    return getattr(request, "api_version", settings.API_DEFAULT_VERSION)
