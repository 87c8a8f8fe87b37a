"""Which pages of the web may call the API."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

MAX_AGE = "600"
METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
# What any page may send: the credential is in the header, so no cookie is at risk.
REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, Polar-Version"
EXPOSED_HEADERS = "Idempotent-Replayed, Polar-Version, Retry-After"


def is_preflight(request: HttpRequest) -> bool:
    """Whether a browser asks if it may ask."""
    return (
        request.method == "OPTIONS"
        and "Origin" in request.headers
        and "Access-Control-Request-Method" in request.headers
    )


def answer_preflight(request: HttpRequest) -> HttpResponse:
    """Any method; any header from our own pages, the listed ones from others."""
    response = HttpResponse("OK", content_type="text/plain")
    response["Access-Control-Allow-Methods"] = METHODS
    response["Access-Control-Max-Age"] = MAX_AGE
    asked = request.headers.get("Access-Control-Request-Headers")
    own = request.headers["Origin"] in settings.API_CORS_ORIGINS
    response["Access-Control-Allow-Headers"] = asked if own and asked else REQUEST_HEADERS
    return share(request, response)


def share(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The headers that let a page read the answer: with credentials only for our own pages."""
    origin = request.headers.get("Origin")
    if origin is None:
        return response
    if origin in settings.API_CORS_ORIGINS:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Credentials"] = "true"
        patch_vary_headers(response, ["Origin"])
    else:
        response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
    return response
