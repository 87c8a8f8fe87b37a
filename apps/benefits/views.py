"""The pages by which a customer goes to a service and comes back with their account linked."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.benefits.errors import LinkExpired
from apps.benefits.models import AccountLink
from apps.benefits.operations.linking import LIFETIME, finish_link, send_to_service, take_link
from apps.benefits.providers.credentials import NAMES
from apps.benefits.providers.signing_in import CALLBACK_PATH
from apps.benefits.strategies.base import Refused, Retriable
from apps.core.clock import system_time
from apps.core.errors import DomainError
from apps.core.origin import Actor, Door, build_origin

# The browser that went is the browser that comes back.
COOKIE: Final = "account_link"
PAGE: Final = "benefits/linked.html"


@require_GET
@never_cache
def start(request: HttpRequest, ticket: str) -> HttpResponseBase:
    """Send a customer to the service."""
    try:
        address, state = send_to_service(ticket=ticket, now=system_time())
    except DomainError as error:
        return _page(request, None, error.detail, status=error.status)
    response = HttpResponse(status=302, headers={"Location": address})
    response["Referrer-Policy"] = "no-referrer"
    response.set_cookie(
        COOKIE,
        state,
        max_age=LIFETIME,
        path=CALLBACK_PATH,
        secure=settings.BASE_URL.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )
    return response


@require_GET
@never_cache
def callback(request: HttpRequest) -> HttpResponseBase:
    """A customer is back, with a code or without."""
    state, code = request.GET.get("state", ""), request.GET.get("code", "")
    sent = request.COOKIES.get(COOKIE, "")
    try:
        if not state or not constant_time_compare(sent.encode(), state.encode()):
            raise LinkExpired
        link = take_link(state=state, now=system_time())
    except DomainError as error:
        return _page(request, None, error.detail, status=error.status)
    response = _finish(request, link, code)
    response.delete_cookie(COOKIE, path=CALLBACK_PATH)
    return response


def _finish(request: HttpRequest, link: AccountLink, code: str) -> HttpResponse:
    name = NAMES[link.provider]
    if not code:
        return _page(request, link, f"{name} was not allowed to tell who you are.", status=400)
    origin = build_origin(
        actor=Actor.CUSTOMER,
        door=Door.API,
        actor_id=str(link.grant.customer_id),
        actor_label="Customer",
        clock_offset=link.organization.clock_offset,
    )
    try:
        account = finish_link(link=link, code=code, origin=origin)
    except Retriable:
        return _page(request, link, f"{name} cannot be reached now.", status=503)
    except Refused:
        return _page(request, link, f"{name} did not confirm who you are.", status=400)
    except DomainError as error:
        return _page(request, link, error.detail, status=error.status)
    return _page(request, link, "", username=account.username)


def _page(
    request: HttpRequest,
    link: AccountLink | None,
    refusal: str,
    *,
    username: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "refusal": refusal,
        "username": username,
        "service": NAMES[link.provider] if link else "",
        "organization": link.organization if link else None,
        "benefit": link.grant.benefit if link else None,
        "return_url": link.return_url if link else "",
    }
    return render(request, PAGE, context, status=status)
