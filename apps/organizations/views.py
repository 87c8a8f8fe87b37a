"""The page on which somebody joins a merchant."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts.models import User
from apps.core.clock import system_time
from apps.core.errors import DomainError
from apps.core.origin import Actor, Door, build_origin
from apps.organizations.models import Invitation
from apps.organizations.operations import accept_invitation
from apps.organizations.selectors import holding_invitation

NAME_LENGTH = 200


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """
    What somebody is invited to, and the button that accepts it: mail programs only look at links.

    410 once the link does not hold.
    """
    found = holding_invitation(token, at=system_time())
    if found is None:
        return _page(request, {}, 410)
    is_new = not User.objects.filter(email=found.email).exists()
    context = {"organization": found.organization, "invitation": found, "is_new": is_new}
    if request.method != "POST":
        return _page(request, context)
    name = request.POST.get("name", "").replace("\x00", "").strip()[:NAME_LENGTH]
    if is_new and not name:
        return _page(request, {**context, "error": "Say what you are called."}, 422)
    return _accept(request, found, token, name)


def _accept(request: HttpRequest, found: Invitation, token: str, name: str) -> HttpResponse:
    # The address is the proof: whoever has the link reads its mails.
    origin = build_origin(
        actor=Actor.MERCHANT, actor_label=found.email, door=Door.BACKOFFICE, reason="Invited"
    )
    try:
        member = accept_invitation(token=token, name=name, origin=origin)
    except DomainError:
        return _page(request, {}, 410)
    return _page(request, {"organization": found.organization, "member": member})


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "organizations/invitation.html", context, status=status)
