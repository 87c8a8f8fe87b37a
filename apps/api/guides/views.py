"""The pages of the documentation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.api.guides.contents import GROUPS, NAMES, guide


@require_safe
def show_guide(request: HttpRequest, name: str = NAMES[0]) -> HttpResponse:
    """A guide, beside the list of all; the first one where none is named."""
    try:
        found = guide(name)
    except KeyError:
        raise Http404 from None
    position = NAMES.index(name)
    context = {
        "guide": found,
        "previous": guide(NAMES[position - 1]) if position else None,
        "next": guide(NAMES[position + 1]) if position + 1 < len(NAMES) else None,
    }
    return render(request, "guides/guide.html", {**context, **_menu(current=name)})


@require_safe
def show_reference(
    request: HttpRequest, version: str = settings.API_DEFAULT_VERSION
) -> HttpResponse:
    """Every operation of a version of the API, from its OpenAPI document."""
    if version not in settings.API_VERSIONS:
        raise Http404
    context = {"version": version, "document_url": f"/{version}/openapi.json"}
    return render(request, "guides/reference.html", {**context, **_menu(current=version)})


def _menu(*, current: str) -> dict[str, Any]:
    groups = [
        (title, [(reverse("guide", args=[name]), guide(name).title, name) for name in names])
        for title, names in GROUPS
    ]
    references = [
        (reverse("api-reference", args=[version]), f"Reference {version}", version)
        for version in settings.API_VERSIONS
    ]
    title, last = groups[-1]
    return {
        "menu": [*groups[:-1], (title, [*last, *references])],
        "current": current,
        "is_sandbox": settings.SANDBOX,
    }
