"""Reads of the record and its outbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from apps.core.health import LOOKED_AT, age_of
from apps.core.prepared import ID_MARK, Prepared
from apps.core.timers import Due
from apps.events.models import Delivery

# Of a test clock: a day.
LONGEST_MINUTES: Final = 1440

_open = Prepared(
    lambda value: Delivery.objects.filter(event_id=value, done_at=None, given_up_at=None).order_by(
        "pk"
    ),
    mark=ID_MARK,
)


def untried_age(at: datetime) -> timedelta | None:
    """
    How long the oldest delivery waits that no worker has taken up yet; None if none waits.

    By the machine's clock, and among those that are due first: a bounded look.
    """
    waiting = Delivery.objects.filter(done_at=None).order_by("next_attempt_at")
    rows = waiting.values_list("pk", "attempt_count", "given_up_at")[:LOOKED_AT]
    keys = [key for key, tries, given_up_at in rows if not tries and given_up_at is None]
    return age_of(min(keys), at) if keys else None


def open_delivery_ids(event_id: UUID) -> list[UUID]:
    """The deliveries of an event that are neither done nor given up, oldest first."""
    return [delivery.pk for delivery in _open.rows(event_id)]


def failed_deliveries_by(organization_id: UUID, until: datetime) -> list[Due]:
    """
    What handlers of an organization's events could not do, for its test clock.

    Each is due some time after its event, twice as much after each try. A try was made within the
    clock's run, so nobody else waits for them.
    """
    rows = Delivery.objects.filter(done_at=None, given_up_at=None, attempt_count__gt=0)
    rows = rows.filter(event__organization_id=organization_id, event__at__lte=until)
    found = rows.values_list("event__at", "attempt_count", "pk", "event_id")[:500]
    due = [
        Due(at + timedelta(minutes=min(2**count, LONGEST_MINUTES)), delivery, event)
        for at, count, delivery, event in found
    ]
    return sorted(one for one in due if one.at <= until)


def given_up_deliveries() -> QuerySet[Delivery]:
    """Deliveries that need a person, latest first, with their events."""
    return (
        Delivery.objects.filter(done_at=None)
        .exclude(given_up_at=None)
        .select_related("event")
        .order_by("-given_up_at")
    )
