"""Every click in the backoffice: does the session still hold, and is a second factor missing?"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from apps.accounts import door
from apps.accounts.operations import note_seen
from apps.accounts.selectors import lacks_second_factor
from apps.api.limits import client_address
from apps.core.staff.dialogs import lead_to


class StaffSessionMiddleware:
    """Signs out whose session was ended; leads to their factors who must have a second one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The page, unless the session is over or a factor is missing."""
        if not request.path.startswith(reverse("admin:index")) or not request.user.is_authenticated:
            return self.get_response(request)
        session = door.live_session(request, request.user)
        if session is None:
            logout(request)
            return self.get_response(request)
        note_seen(
            session=session, address=client_address(request), origin=door.origin_of(request.user)
        )
        own = reverse("admin:security")
        is_free = request.path.startswith((own, reverse("admin:logout")))
        if not is_free and lacks_second_factor(request.user):
            return lead_to(request, own)
        return self.get_response(request)
