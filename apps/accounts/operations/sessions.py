"""Sessions of staff: opened at the door, seen at work, ended by whoever may."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from apps.accounts.models import StaffSession, User
from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.events.operations import record

# How old what is known of a session may get before it is written again.
SEEN_EVERY = timedelta(minutes=1)


def open_session(*, user: User, address: str, user_agent: str, origin: Origin) -> StaffSession:
    """A session that holds until it is ended."""
    return StaffSession.objects.create(
        user=user,
        created_at=origin.at,
        seen_at=origin.at,
        address=address[:64],
        user_agent=user_agent[:300],
    )


def note_seen(*, session: StaffSession, address: str, origin: Origin) -> None:
    """Keep when and from where a session was last used, to the minute."""
    if session.address == address[:64] and origin.at - session.seen_at < SEEN_EVERY:
        return
    session.seen_at, session.address = origin.at, address[:64]
    session.save(update_fields=["seen_at", "address"])


@transaction.atomic
def end_session(*, session_id: UUID, origin: Origin) -> StaffSession:
    """
    The session, which opens nothing from the next click on; the second time changes nothing.

    :raises ResourceNotFound: if there is none.
    """
    session = StaffSession.objects.select_related("user").filter(pk=session_id).first()
    if session is None:
        raise ResourceNotFound
    if _end(StaffSession.objects.filter(pk=session.pk), origin):
        record(
            "session.ended",
            subject=session.user,
            organization_id=None,
            origin=origin,
            payload={"session": str(session.pk)},
        )
    session.refresh_from_db()
    return session


@transaction.atomic
def end_sessions(*, user_id: UUID, but: Iterable[UUID] = (), origin: Origin) -> int:
    """End all sessions of a person `but` some; how many there were."""
    live = StaffSession.objects.filter(user_id=user_id).exclude(pk__in=list(but))
    count = _end(live, origin)
    if count:
        record(
            "user.sessions_ended",
            subject=User.objects.get(pk=user_id),
            organization_id=None,
            origin=origin,
            payload={"count": count},
        )
    return count


def close_session(*, session_id: UUID, origin: Origin) -> None:
    """The person signed out."""
    _end(StaffSession.objects.filter(pk=session_id), origin)


def _end(sessions: object, origin: Origin) -> int:
    live = sessions.filter(ended_at=None)  # type: ignore[attr-defined]
    return int(live.update(ended_at=origin.at, ended_by=origin.actor_label))
