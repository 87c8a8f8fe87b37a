"""The page of an invitation to a seat."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.api.errors import RateLimited
from apps.api.limits import client_address, require_within
from apps.benefits.selectors import public_benefits_of_product
from apps.core.clock import system_time
from apps.core.errors import DomainError
from apps.core.origin import Door
from apps.customers.links import portal_url
from apps.seats.api.claims import SESSION_LIFETIME, origin_of
from apps.seats.errors import InvalidInvitationToken
from apps.seats.models import CustomerSeat
from apps.seats.operations import claim_seat
from apps.seats.selectors import find_container, has_feature, holds, invited_seat

PAGE = "seats/claim.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim_page(request: HttpRequest, token: str) -> HttpResponse:
    """
    What somebody is invited to, and a button that accepts it.

    Looking at it changes nothing: programs that read mails follow their links. Whoever accepts is
    shown the way to what is theirs, for an hour.
    """
    try:
        require_within("seat-claim", client_address(request), [(30, 60)])
        if request.method == "POST":
            return _claim(request, token)
        seat = invited_seat(token)
    except RateLimited as error:
        answer = render(request, PAGE, {"state": "busy"}, status=error.status)
        answer["Retry-After"] = str(error.retry_after)
        return answer
    except InvalidInvitationToken:
        return render(request, PAGE, {"state": "unknown"}, status=404)
    context = _context(seat)
    status = 200 if context["state"] in ("open", "claimed") else 410
    return render(request, PAGE, context, status=status)


def _claim(request: HttpRequest, token: str) -> HttpResponse:
    """Accept, and show the way in; of what cannot be accepted the page itself tells."""
    seat = invited_seat(token)
    try:
        claimed = claim_seat(
            token=token,
            session_expires_at=system_time() + SESSION_LIFETIME,
            origin=origin_of(seat, Door.CHECKOUT),
        )
    except DomainError:
        here = reverse("seats:claim", args=[token])
        return HttpResponse(status=303, headers={"Location": here})
    url = portal_url(seat.organization, claimed.token)
    return render(request, PAGE, {**_context(claimed.seat), "portal_url": url})


def _context(seat: CustomerSeat) -> dict[str, Any]:
    at = origin_of(seat, Door.CHECKOUT).at
    try:
        container = find_container(seat, at=at)
    except DomainError:
        return {"state": "ended", "organization": seat.organization, "sandbox": settings.SANDBOX}
    product = container.product
    return {
        "state": _state(seat, gives=container.gives, is_held=holds(seat, at=at)),
        "organization": seat.organization,
        "product": product,
        "benefits": public_benefits_of_product(product.pk) if product else [],
        "buyer": container.customer.billing_name or container.customer.name,
        "member": seat.member,
        "expires_at": seat.invitation_expires_at,
        "sandbox": settings.SANDBOX,
    }


def _state(seat: CustomerSeat, *, gives: bool, is_held: bool) -> str:
    if not gives or not has_feature(seat.organization):
        return "ended"
    if seat.status == CustomerSeat.Status.CLAIMED:
        return "claimed"
    return "open" if is_held else "expired"
