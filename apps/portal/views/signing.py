"""Coming in: with a session's token, or a mailed code; going out; confirming a new address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from email_validator import EmailNotValidError, validate_email

from apps.api.errors import RateLimited
from apps.api.limits import client_address, require_within
from apps.core.clock import system_time
from apps.core.errors import DomainError
from apps.customers.operations.email_changes import request_email_change, verify_email_change
from apps.customers.operations.signing_in import (
    end_customer_session,
    send_sign_in_code,
    sign_in_with_code,
)
from apps.customers.selectors import open_email_change, valid_customer_session
from apps.organizations.models import Organization
from apps.portal.shown import frame
from apps.portal.visitors import (
    COOKIE,
    Visitor,
    at_merchant,
    for_payers,
    let_in,
    portal_origin,
    visitor_of,
)

SESSION: Final = timedelta(hours=1)
CODE: Final = timedelta(minutes=30)
BLOCK_SECONDS: Final = 900
EMAIL_COOKIE: Final = "portal_email"
TOO_OFTEN: Final = "That was too often. Please try again in a quarter of an hour."


@require_GET
@at_merchant
def enter(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Take the token out of the address, where histories would keep it, and into a cookie."""
    token = request.GET.get("customer_session_token", "")
    session = valid_customer_session(token, at=system_time())
    if session is None or session.organization_id != organization.pk:
        return HttpResponseRedirect(reverse("portal:home", args=[organization.slug]))
    seconds = int((session.expires_at - system_time()).total_seconds())
    return let_in(organization, token, max(seconds, 1))


@require_http_methods(["GET", "POST"])
@at_merchant
def sign_in(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Ask for an address; a POST has a code sent there, and says the same whoever has it."""
    if request.method == "GET" and visitor_of(request, organization) is not None:
        return HttpResponseRedirect(reverse("portal:home", args=[organization.slug]))
    if request.method == "GET":
        return _asked(request, organization)
    typed = request.POST.get("email", "").strip()[:320]
    try:
        email = validate_email(typed, check_deliverability=False, test_environment=True).normalized
        _count("portal_mail", f"{organization.pk}:{email.lower()}")
        _count("portal_mail_from", client_address(request), times=5)
    except EmailNotValidError:
        return _asked(request, organization, typed, "This is not an e-mail address.", 422)
    except RateLimited:
        return _asked(request, organization, typed, TOO_OFTEN, 429)
    send_sign_in_code(
        organization=organization,
        email=email,
        expires_at=system_time() + CODE,
        origin=portal_origin(organization),
    )
    answer = HttpResponseRedirect(reverse("portal:code", args=[organization.slug]))
    answer.set_signed_cookie(
        EMAIL_COOKIE,
        email,
        max_age=int(CODE.total_seconds()),
        path=reverse("portal:home", args=[organization.slug]),
        secure=settings.BASE_URL.startswith("https:"),
        httponly=True,
        samesite="Lax",
    )
    return answer


@require_http_methods(["GET", "POST"])
@at_merchant
def code(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Ask for the code; the right one lets its reader in."""
    email = request.get_signed_cookie(EMAIL_COOKIE, default="", max_age=CODE)
    if not email:
        return HttpResponseRedirect(reverse("portal:sign_in", args=[organization.slug]))
    if request.method == "GET":
        return _coded(request, organization, email)
    try:
        _count("portal_code", client_address(request), times=5)
    except RateLimited:
        return _coded(request, organization, email, problem=TOO_OFTEN, status=429)
    typed = request.POST.get("code", "").strip().replace(" ", "")[:32]
    made = sign_in_with_code(
        organization=organization,
        email=email,
        code=typed,
        member_id=_uuid(request.POST.get("member")),
        now=system_time(),
        session_expires_at=system_time() + SESSION,
        origin=portal_origin(organization),
    )
    if made is None:
        wrong = "This code is wrong, or it is too old. Ask for another one."
        return _coded(request, organization, email, problem=wrong, status=422)
    if made.choices:
        return _coded(request, organization, email, choices=made.choices, typed=typed)
    answer = let_in(organization, made.token, int(SESSION.total_seconds()))
    answer.delete_cookie(EMAIL_COOKIE, path=reverse("portal:home", args=[organization.slug]))
    return answer


@require_POST
@at_merchant
def sign_out(request: HttpRequest, organization: Organization) -> HttpResponse:
    """End the session."""
    visitor = visitor_of(request, organization)
    if visitor is not None:
        end_customer_session(session_id=visitor.session.pk, origin=visitor.origin())
    home = reverse("portal:home", args=[organization.slug])
    answer = HttpResponseRedirect(reverse("portal:sign_in", args=[organization.slug]))
    answer.delete_cookie(COOKIE, path=home)
    return answer


@require_http_methods(["GET", "POST"])
@at_merchant
def email(request: HttpRequest, organization: Organization) -> HttpResponse:
    """
    Confirm a new address by the button on a page.

    Programs look at what is in a mail: they press no buttons.
    """
    token = (request.POST if request.method == "POST" else request.GET).get("token", "")[:200]
    change = open_email_change(token, at=system_time())
    context: dict[str, Any] = {**frame(organization), "token": token, "change": change}
    if change is None or change.organization_id != organization.pk:
        return render(request, "portal/email.html", {**context, "change": None}, status=410)
    if request.method == "GET":
        return render(request, "portal/email.html", context)
    try:
        session_token = verify_email_change(
            token=token,
            now=system_time(),
            session_expires_at=system_time() + SESSION,
            origin=portal_origin(organization, str(change.customer_id)),
        )
    except DomainError as error:
        refused = {**context, "problem": error.detail}
        return render(request, "portal/email.html", refused, status=error.status)
    return let_in(organization, session_token, int(SESSION.total_seconds()))


@require_POST
@for_payers
def address(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Have another address written to, which its reader has to confirm."""
    typed = request.POST.get("email", "").strip()[:320]
    context: dict[str, Any] = {**frame(visitor.organization, visitor.member), "email": typed}
    try:
        _count("email_change", str(visitor.customer.pk))
        request_email_change(
            customer_id=visitor.customer.pk,
            email=typed,
            expires_at=system_time() + CODE,
            origin=visitor.origin(),
        )
    except DomainError as error:
        context["problem"] = error.detail
        return render(request, "portal/sent.html", context, status=error.status)
    return render(request, "portal/sent.html", context)


def _asked(
    request: HttpRequest,
    organization: Organization,
    typed: str = "",
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {**frame(organization), "typed": typed, "problem": problem}
    return render(request, "portal/sign_in.html", context, status=status)


def _coded(
    request: HttpRequest, organization: Organization, email: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {**frame(organization), "email": email, **more}
    return render(request, "portal/code.html", context, status=status)


def _count(zone: str, identity: str, *, times: int = 1) -> None:
    most = settings.API_RATE_MAILED * times
    require_within(zone, identity, [(most, 60), (2 * most, 3600)], block_seconds=BLOCK_SECONDS)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
