"""Who visits a portal: found by a cookie that holds the token of their session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from apps.core.clock import system_time
from apps.core.errors import ResourceNotFound
from apps.core.origin import Actor, Door, Origin, build_origin
from apps.customers.models import Customer, CustomerSession, Member
from apps.customers.selectors import valid_customer_session
from apps.organizations.models import Organization
from apps.portal.shown import frame

COOKIE = "customer_session"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who is signed in at a merchant's portal."""

    session: CustomerSession

    @property
    def organization(self) -> Organization:
        """The merchant."""
        return self.session.organization

    @property
    def customer(self) -> Customer:
        """The customer for whom they act."""
        return self.session.customer

    @property
    def member(self) -> Member:
        """The person."""
        return self.session.member

    def origin(self) -> Origin:
        """The customer, now, by the clock of the merchant."""
        return portal_origin(self.organization, str(self.customer.pk))


Page = Callable[..., HttpResponse]


def portal_origin(organization: Organization, customer_id: str = "") -> Origin:
    """A customer, now, by the clock of the merchant."""
    return build_origin(
        actor=Actor.CUSTOMER,
        door=Door.PORTAL,
        actor_id=customer_id,
        actor_label="Customer",
        clock_offset=organization.clock_offset,
    )


def at_merchant(view: Page) -> Page:
    """Find the merchant by the name in the address, and give it to the view."""

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, slug: str, **path: str) -> HttpResponse:
        organization = Organization.objects.filter(slug=slug, deleted_at=None).first()
        if organization is None:
            context = {"title": "There is nothing here", "message": "Check the address."}
            return render(request, "portal/missing.html", context, status=404)
        return view(request, organization, **path)

    return answer


def signed_in(view: Page) -> Page:
    """Give the view its visitor; whoever is none is led to sign in."""

    @at_merchant
    @wraps(view)
    def answer(request: HttpRequest, organization: Organization, **path: str) -> HttpResponse:
        visitor = visitor_of(request, organization)
        if visitor is None:
            return HttpResponseRedirect(reverse("portal:sign_in", args=[organization.slug]))
        try:
            return view(request, visitor, **path)
        except ResourceNotFound:
            context = {
                **frame(organization, visitor.member),
                "title": "There is nothing here",
                "message": "It may be another customer's, or it is gone.",
            }
            return render(request, "portal/missing.html", context, status=404)

    return answer


def for_payers(view: Page) -> Page:
    """As `signed_in`, for what a plain member of a team neither sees nor does."""

    @wraps(view)
    def answer(request: HttpRequest, visitor: Visitor, **path: str) -> HttpResponse:
        if not visitor.member.may_bill:
            raise ResourceNotFound
        return view(request, visitor, **path)

    return signed_in(answer)


def visitor_of(request: HttpRequest, organization: Organization) -> Visitor | None:
    """Whoever holds a session at this merchant; None for nobody."""
    session = valid_customer_session(request.COOKIES.get(COOKIE, ""), at=system_time())
    if session is None or session.organization_id != organization.pk:
        return None
    return Visitor(session)


def let_in(organization: Organization, token: str, seconds: int) -> HttpResponse:
    """The way to the first page, with the token in a cookie that no script reads."""
    home = reverse("portal:home", args=[organization.slug])
    answer = HttpResponseRedirect(home)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=seconds,
        path=home,
        secure=settings.BASE_URL.startswith("https:"),
        httponly=True,
        samesite="Lax",
    )
    return answer
