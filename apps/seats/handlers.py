"""What the end of members and customers means for seats."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.seats.operations import release_seats_of_member


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    subscribe("member.deleted", "seats.release_of_member", release)


def release(event: Event, origin: Origin) -> None:
    """Somebody is no member any more, be it because the whole customer is gone."""
    release_seats_of_member(member_id=UUID(event.subject_id), origin=origin)
