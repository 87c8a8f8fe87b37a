"""The filters that a user keeps for a list: shown above it, saved and forgotten from there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from apps.backoffice.models import SavedFilter
from apps.backoffice.operations import delete_filter, save_filter
from apps.backoffice.shell import may_view_records
from apps.core.errors import ValidationFailed
from apps.core.staff.dialogs import refusals_of, staff_origin

TEMPLATE = "backoffice/saved.html"


def saved_filters(request: HttpRequest, listing: str) -> list[SavedFilter]:
    """The user's own for a list, by name."""
    return list(SavedFilter.objects.filter(user=request.user.pk, listing=listing).order_by("name"))


@require_POST
def save(request: HttpRequest, listing: str) -> HttpResponse:
    """Keep how the list is narrowed now."""
    _require_list(request, listing)
    errors: list[str] = []
    try:
        save_filter(
            user_id=_user_id(request),
            listing=listing,
            name=request.POST.get("name", ""),
            query=request.POST.get("query", ""),
            origin=staff_origin(request, ""),
        )
    except ValidationFailed as error:
        errors = refusals_of(error)
    return _shown(request, listing, errors)


@require_POST
def forget(request: HttpRequest, listing: str, filter_id: UUID) -> HttpResponse:
    """Forget one."""
    _require_list(request, listing)
    origin = staff_origin(request, "")
    if not delete_filter(user_id=_user_id(request), filter_id=filter_id, origin=origin):
        raise Http404
    return _shown(request, listing, [])


def _shown(request: HttpRequest, listing: str, errors: list[str]) -> HttpResponse:
    context: dict[str, Any] = {
        "filters": saved_filters(request, listing),
        "saved_list": listing,
        "query": request.POST.get("query", "").lstrip("?"),
        "errors": errors,
        "is_open": True,
    }
    return render(request, TEMPLATE, {**admin.site.each_context(request), **context})


def _require_list(request: HttpRequest, listing: str) -> None:
    if not may_view_records(request, listing):
        raise Http404


def _user_id(request: HttpRequest) -> UUID:
    user: Any = request.user
    key: UUID = user.pk
    return key
