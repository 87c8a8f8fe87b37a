"""Pages that are not one record: search, periodic jobs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from apps.accounts import door
from apps.accounts.operations import set_password
from apps.backoffice.search import search_everywhere
from apps.core.clock import system_time
from apps.core.htmx import is_partial
from apps.core.selectors import periodic_states
from apps.core.staff import roles
from apps.core.staff.verbs import staff_origin


def find(request: HttpRequest) -> HttpResponse:
    """Everything that matches `q`, by kind; for HTMX the hits alone."""
    term = request.GET.get("q", "")
    context = {"title": "Search", "term": term, "groups": search_everywhere(request, term)}
    return page(request, "backoffice/find.html", "hits", context)


def periodic_jobs(request: HttpRequest) -> HttpResponse:
    """Each periodic job with its last run, duration, outcome and next run."""
    may_run = roles.reaches(request.user, roles.ADMIN)
    context = {
        "title": "Periodic jobs",
        "states": periodic_states(system_time()),
        "run_url": reverse("admin:core_periodicrun_run_job") if may_run else "",
    }
    return page(request, "backoffice/periodic_jobs.html", "jobs", context)


class OwnPasswordView(PasswordChangeView):
    """The old password and the new one twice; the user keeps this session and loses the others."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Set it by the operation."""
        user: Any = self.request.user
        set_password(
            user_id=user.pk,
            password=form.cleaned_data["new_password1"],
            but=door.sessions_of(self.request),
            origin=staff_origin(self.request, "Changed their own password"),
        )
        user.refresh_from_db()
        update_session_auth_hash(self.request, user)
        return HttpResponseRedirect(self.get_success_url())


def page(
    request: HttpRequest, template: str, partial: str, context: dict[str, Any]
) -> HttpResponse:
    """A page of its own; for HTMX its named part alone."""
    name = f"{template}#{partial}" if is_partial(request) else template
    response = TemplateResponse(request, name, {**admin.site.each_context(request), **context})
    patch_vary_headers(response, ["HX-Request"])
    return response
