"""What a request says of who is behind it, and what their browser's session remembers of that."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from apps.accounts.models import StaffSession, User
from apps.accounts.operations import Try, close_session, open_session
from apps.api.limits import client_address
from apps.core.clock import system_time
from apps.core.origin import Actor, Door, Origin, build_origin

# What the session remembers: its row, when its person last proved who they are, and that they
# have a second factor.
SESSION = "staff_session"
PROVED_AT = "proved_at"


def origin_of(user: User | None, reason: str = "") -> Origin:
    """The origin of what somebody does at the door, where the request has no user yet."""
    return build_origin(
        actor=Actor.STAFF,
        actor_id=str(user.pk) if user else "",
        actor_label=user.email if user else "",
        door=Door.BACKOFFICE,
        reason=reason,
    )


def user_agent_of(request: HttpRequest) -> str:
    """What the browser calls itself."""
    return str(request.META.get("HTTP_USER_AGENT", ""))


def try_of(request: HttpRequest, *, email: str, factor: str, occasion: str) -> Try:
    """A try that this request makes."""
    return Try(
        email=email,
        occasion=occasion,
        factor=factor,
        address=client_address(request),
        user_agent=user_agent_of(request),
    )


def sessions_of(request: HttpRequest) -> list[UUID]:
    """The session of this browser, if it has one."""
    kept = request.session.get(SESSION)
    return [UUID(kept)] if kept else []


def note_proof(request: HttpRequest) -> None:
    """Remember that the person has proved just now who they are."""
    request.session[PROVED_AT] = system_time().timestamp()


def is_proof_fresh(request: HttpRequest) -> bool:
    """Whether they did so lately enough for money and status."""
    age = system_time().timestamp() - float(request.session.get(PROVED_AT, 0))
    return 0 <= age < settings.CONFIRMATION_SECONDS


def on_signed_in(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """Open the session of whoever signs in, by whatever way."""
    session = open_session(
        user=user,
        address=client_address(request),
        user_agent=user_agent_of(request),
        origin=origin_of(user),
    )
    request.session[SESSION] = str(session.pk)
    note_proof(request)


def on_signed_out(sender: Any, request: HttpRequest, user: User | None, **more: Any) -> None:
    """Close it again."""
    if user is not None:
        for pk in sessions_of(request):
            close_session(session_id=pk, origin=origin_of(user))


def live_session(request: HttpRequest, user: User) -> StaffSession | None:
    """The session of this browser, while it holds."""
    kept = StaffSession.objects.filter(pk__in=sessions_of(request), user=user, ended_at=None)
    return kept.first()
