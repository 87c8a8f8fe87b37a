"""Routes of the API that belong to no resource: health and documentation."""

from typing import Any

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularRedocView

from apps.api.health import healthz

OPEN: dict[str, Any] = {"authentication_classes": [], "permission_classes": []}

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("openapi.json", SpectacularJSONAPIView.as_view(**OPEN), name="openapi"),
    path("docs", SpectacularRedocView.as_view(url_name="openapi", **OPEN), name="api-docs"),
]
