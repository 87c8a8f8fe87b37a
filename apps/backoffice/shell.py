"""The frame around every page."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from apps.approvals.selectors import count_to_decide


def environment_label(request: HttpRequest) -> list[str]:
    """What the header says about this installation: text and colour."""
    return ["Sandbox", "warning"]


def may_view_records(request: HttpRequest, name: str) -> bool:
    """Whether the user's role opens the records of `app_model`; the navigation hides the others."""
    for model, instance in admin.site._registry.items():
        if f"{model._meta.app_label}_{model._meta.model_name}" == name:
            return bool(instance.has_view_permission(request))
    return False


def approvals_to_decide(request: HttpRequest) -> str:
    """How many plans wait for this person, for the navigation; empty for none."""
    count = count_to_decide(request.user) if request.user.is_authenticated else 0
    return "99+" if count > 99 else str(count or "")
