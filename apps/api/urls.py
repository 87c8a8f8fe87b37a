"""Routes of the API that belong to no resource: health and documentation."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from apps.api.documents import show_document
from apps.api.guides.views import show_guide, show_reference
from apps.api.health import healthz, live, ready
from apps.api.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("healthz/ready", ready, name="healthz-ready"),
    path("healthz/live", live, name="healthz-live"),
    path("metrics", metrics, name="metrics"),
    path("openapi.json", show_document, name="openapi"),
    *(
        path(f"{version}/openapi.json", show_document, {"version": version})
        for version in settings.API_VERSIONS
    ),
    path("docs", show_guide, name="guides"),
    path("docs/reference", show_reference, name="api-docs"),
    path("docs/reference/<str:version>", show_reference, name="api-reference"),
    path("docs/<slug:name>", show_guide, name="guide"),
]
