"""Routes of the API that belong to no resource: health and documentation."""

from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularJSONAPIView

from apps.api.guides.views import show_guide, show_reference
from apps.api.health import healthz, live, ready
from apps.api.metrics import metrics

OPEN: dict[str, Any] = {"authentication_classes": [], "permission_classes": []}

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("healthz/ready", ready, name="healthz-ready"),
    path("healthz/live", live, name="healthz-live"),
    path("metrics", metrics, name="metrics"),
    path("openapi.json", SpectacularJSONAPIView.as_view(**OPEN), name="openapi"),
    *(
        path(
            f"{version}/openapi.json",
            SpectacularJSONAPIView.as_view(api_version=version, **OPEN),
        )
        for version in settings.API_VERSIONS
    ),
    path("docs", show_guide, name="guides"),
    path("docs/reference", show_reference, name="api-docs"),
    path("docs/reference/<str:version>", show_reference, name="api-reference"),
    path("docs/<slug:name>", show_guide, name="guide"),
]
