"""The addresses of the door and of everybody's own security page."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse

from apps.accounts.views import security, signing_in


def addresses(site: AdminSite) -> list[URLPattern]:
    """Those before sign-in are open to everybody, the others to staff."""
    return [
        path("sign-in/second-factor/", signing_in.second_factor, name="second_factor"),
        path("sign-in/passkey/", signing_in.passkey_sign_in, name="passkey_sign_in"),
        path("sign-in/passkey/options/", signing_in.passkey_options, name="passkey_options"),
        path("security/", site.admin_view(security.security), name="security"),
        path("security/confirm/", site.admin_view(signing_in.confirm), name="confirm"),
        path("security/app/", site.admin_view(security.app), name="add_app"),
        path("security/passkey/", site.admin_view(security.passkey), name="add_passkey"),
        path(
            "security/passkey/options/",
            site.admin_view(security.new_passkey_options),
            name="new_passkey_options",
        ),
        path(
            "security/recovery-codes/",
            site.admin_view(security.recovery_codes),
            name="recovery_codes",
        ),
        path(
            "security/factors/<int:factor_id>/remove/",
            site.admin_view(security.remove),
            name="remove_factor",
        ),
        path(
            "security/sessions/end-others/",
            site.admin_view(security.end_others),
            name="end_other_sessions",
        ),
        path(
            "security/sessions/<uuid:session_id>/end/",
            site.admin_view(security.end),
            name="end_own_session",
        ),
    ]


def sign_in(site: AdminSite, request: HttpRequest, extra: dict[str, Any]) -> HttpResponseBase:
    """The page that asks for e-mail and password; for whoever is in, the dashboard."""
    if request.method == "GET" and site.has_permission(request):
        return HttpResponseRedirect(reverse(f"{site.name}:index"))
    request.current_app = site.name
    context = {
        **site.each_context(request),
        "title": "Log in",
        "subtitle": None,
        "app_path": request.get_full_path(),
        **extra,
    }
    return signing_in.SignInView.as_view(extra_context=context)(request)
