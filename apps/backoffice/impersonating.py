"""A merchant's own view, for staff who look on as one of its people: what its API answers it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import resolve, reverse
from django.views.decorators.http import require_safe

from apps.backoffice.selectors.merchant_view import Section, as_facts, as_table, sections_of
from apps.backoffice.views import page
from apps.core.clock import system_time
from apps.core.staff import roles
from apps.core.staff.dialogs import staff_origin
from apps.organizations.api.authentication import IMPERSONATION
from apps.organizations.models import Impersonation
from apps.organizations.operations import note_impersonated
from apps.organizations.selectors import held_impersonation

# Whose session sees the banner: everything is looked at through it.
KEPT = "impersonation"
ROWS = 25
LAST_PAGE = 10_000


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The merchant itself."""
    looking = _looking(request)
    if looking is None:
        return _nobody(request)
    path = f"/v1/organizations/{looking.organization_id}"
    body = _asked(request, looking, path)
    context = {"facts": as_facts(body), "section": None}
    return page(request, "backoffice/as_merchant.html", "view", _context(looking, context))


@require_safe
def listing(request: HttpRequest, section: str) -> HttpResponse:
    """One page of a list."""
    looking = _looking(request)
    if looking is None:
        return _nobody(request)
    found = _section(looking, section)
    number = _page_number(request)
    body = _asked(request, looking, found.path, page=number, limit=ROWS)
    context = {
        "section": found,
        "table": as_table(found, body.get("items", [])),
        "number": number,
        "last": body.get("pagination", {}).get("max_page", 1),
        "total": body.get("pagination", {}).get("total_count", 0),
    }
    return page(request, "backoffice/as_merchant.html", "view", _context(looking, context))


@require_safe
def single(request: HttpRequest, section: str, key: UUID) -> HttpResponse:
    """One object."""
    looking = _looking(request)
    if looking is None:
        return _nobody(request)
    found = _section(looking, section)
    if not found.has_objects:
        raise Http404
    body = _asked(request, looking, f"{found.path.rstrip('/')}/{key}")
    context = {"section": found, "facts": as_facts(body), "key": key}
    return page(request, "backoffice/as_merchant.html", "view", _context(looking, context))


def banner_of(request: HttpRequest) -> dict[str, Any] | None:
    """What stands above every page while somebody looks on, with the time that is left."""
    if KEPT not in request.session or not request.user.is_authenticated:
        return None
    at = system_time()
    looking = held_impersonation(request.user.pk, at=at)
    if looking is None:
        del request.session[KEPT]
        return None
    return {
        "impersonation": looking,
        "minutes": max(1, round((looking.expires_at - at).total_seconds() / 60)),
        "end_url": reverse("admin:organizations_impersonation_end", args=[looking.pk]),
    }


def _looking(request: HttpRequest) -> Impersonation | None:
    if not roles.reaches(request.user, roles.SUPPORT):
        raise PermissionDenied
    user: Any = request.user
    looking = held_impersonation(user.pk, at=system_time())
    if looking is not None:
        request.session[KEPT] = str(looking.pk)
    return looking


def _nobody(request: HttpRequest) -> HttpResponse:
    messages.warning(request, "You impersonate nobody now.")
    return HttpResponseRedirect(reverse("admin:organizations_organization_changelist"))


def _section(looking: Impersonation, name: str) -> Section:
    for one in sections_of(looking.role):
        if one.name == name:
            return one
    raise Http404


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    return min(max(1, number), LAST_PAGE)


def _asked(request: HttpRequest, looking: Impersonation, path: str, **query: int) -> Any:
    """
    What the merchant API answers to a GET of the member, made within this process and kept.

    404 if it finds nothing there.
    """
    asked = HttpRequest()
    asked.method = "GET"
    asked.path = asked.path_info = path
    asked.META = {
        name: value
        for name, value in request.META.items()
        if name in ("SERVER_NAME", "SERVER_PORT", "REMOTE_ADDR")
    }
    asked.META["QUERY_STRING"] = urlencode(query)
    asked.GET = QueryDict(asked.META["QUERY_STRING"])
    setattr(asked, IMPERSONATION, looking)
    note_impersonated(
        impersonation=looking,
        path=request.get_full_path(),
        origin=staff_origin(request, "", looking),
    )
    match = resolve(path)
    response = match.func(asked, *match.args, **match.kwargs)
    if response.status_code in (404, 422):
        raise Http404
    if response.status_code == 403:
        raise PermissionDenied
    if response.status_code != 200:
        raise RuntimeError(f"The API answered {response.status_code} to {path}.")
    return orjson.loads(response.content)


def _context(looking: Impersonation, more: dict[str, Any]) -> dict[str, Any]:
    title = more["section"].title if more["section"] else str(looking.organization)
    return {"title": title, "looking": looking, "sections": sections_of(looking.role), **more}
