"""Routes of the API that belong to no resource: health and documentation."""

from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularRedocView

from apps.api.health import healthz, live, ready

OPEN: dict[str, Any] = {"authentication_classes": [], "permission_classes": []}

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("healthz/ready", ready, name="healthz-ready"),
    path("healthz/live", live, name="healthz-live"),
    path("openapi.json", SpectacularJSONAPIView.as_view(**OPEN), name="openapi"),
    *(
        path(
            f"{version}/openapi.json",
            SpectacularJSONAPIView.as_view(api_version=version, **OPEN),
        )
        for version in settings.API_VERSIONS
    ),
    path("docs", SpectacularRedocView.as_view(url_name="openapi", **OPEN), name="api-docs"),
]
