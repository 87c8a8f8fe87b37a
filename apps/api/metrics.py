"""`/metrics`: what Prometheus reads."""

from __future__ import annotations

from hmac import compare_digest
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.api.wire import json_response
from apps.core.clock import system_time

# A proxy on this machine speaks for somebody else.
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever has `METRICS_TOKEN`; without one for this machine alone. 404 for all others."""
    if not settings.METRICS_ENABLED or not _may_read(request):
        return json_response({"detail": "Not Found"}, 404)
    # Loaded by the first who asks.
    from apps.core.exposition import CONTENT_TYPE, exposition

    return HttpResponse(exposition(system_time()), content_type=CONTENT_TYPE)


def _may_read(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "")
        return compare_digest(given.encode(), f"Bearer {token}".encode())
    try:
        is_here = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return is_here and not any(request.META.get(name) for name in _FORWARDED)
