"""The OpenAPI documents, one for each version, made once in a process."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularJSONAPIView

_OPEN: Final[dict[str, Any]] = {"authentication_classes": [], "permission_classes": []}


@require_safe
def show_document(request: HttpRequest, version: str = "") -> HttpResponse:
    """The document of a version, of the default one without; making it takes seconds."""
    return HttpResponse(_document(version), content_type="application/vnd.oai.openapi+json")


@cache
def _document(version: str) -> bytes:
    options = {"api_version": version} if version else {}
    view = SpectacularJSONAPIView.as_view(**_OPEN, **options)
    # It is the same for everybody: nothing of a request is in it.
    request = HttpRequest()
    request.method = "GET"
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    answer: Any = view(request)
    content: bytes = answer.render().content
    return content
