"""The address of a checkout link: it leads a buyer to a checkout of their own."""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.api.errors import RateLimited
from apps.api.limits import client_address
from apps.checkouts.api.limits import count_opening
from apps.checkouts.link_selectors import buyable_products, link_by_secret
from apps.checkouts.models import Checkout, CheckoutLink
from apps.checkouts.operations import open_link
from apps.checkouts.prefill import read_prefill
from apps.core.errors import DomainError
from apps.core.origin import Actor, Door, build_origin

# Programs that fetch an address to index it, to watch it, or to show a preview of it.
_BOT: Final = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|externalhit|embedly|whatsapp|skypeuri|vkshare"
    r"|headlesschrome|lighthouse|pingdom|uptime|monitor",
    re.IGNORECASE,
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link_page(request: HttpRequest, client_secret: str) -> HttpResponse:
    """
    Make a checkout and lead to it; whatever stands in the way gets a page that says so.

    Nothing is made for a look at the headers, for a browser that fetches ahead of a click, and for
    programs, which are shown what the link sells. A person who is taken for one goes on from there.
    """
    if "prefetch" in _purpose(request):
        # The browser asks again once somebody follows the link.
        return HttpResponse(status=503)
    try:
        link = link_by_secret(client_secret)
        if request.method == "HEAD" or (request.method == "GET" and _is_bot(request)):
            return _shown(request, link)
        count_opening(client_address(request))
        checkout = _open(request, link)
    except RateLimited as error:
        context = {"title": "Too many checkouts", "message": "Please try again in a minute."}
        answer = render(request, "checkouts/unavailable.html", context, status=error.status)
        answer["Retry-After"] = str(error.retry_after)
        return answer
    except DomainError as error:
        is_known = error.status != 404
        context = {
            "title": "Nothing to buy here now" if is_known else "This link does not exist",
            "message": "What this link sells cannot be bought at the moment."
            if is_known
            else "It may have been withdrawn. Ask whoever gave it to you for a new one.",
        }
        return render(
            request, "checkouts/unavailable.html", context, status=410 if is_known else 404
        )
    target = reverse("checkouts:checkout_page", args=[checkout.client_secret])
    return HttpResponse(status=303, headers={"Location": target})


def _open(request: HttpRequest, link: CheckoutLink) -> Checkout:
    origin = build_origin(
        actor=Actor.CUSTOMER,
        actor_label="Buyer",
        door=Door.CHECKOUT,
        clock_offset=link.organization.clock_offset,
    )
    return open_link(
        link=link,
        prefill=read_prefill(request.GET.dict()),
        buyer_country=request.headers.get(settings.BUYER_COUNTRY_HEADER),
        origin=origin,
    )


def _shown(request: HttpRequest, link: CheckoutLink) -> HttpResponse:
    context = {
        "organization": link.organization,
        "products": buyable_products(link),
        "sandbox": settings.SANDBOX,
    }
    return render(request, "checkouts/link.html", context)


def _is_bot(request: HttpRequest) -> bool:
    return bool(_BOT.search(request.headers.get("User-Agent", "")))


def _purpose(request: HttpRequest) -> str:
    """Why a browser asks, in the words of each of them."""
    names = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
    return " ".join(request.headers.get(name, "") for name in names).lower()
