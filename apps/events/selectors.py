"""Reads of the record and its outbox."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from apps.events.models import Delivery


def open_delivery_ids(event_id: UUID) -> list[UUID]:
    """The deliveries of an event that are neither done nor given up, oldest first."""
    return list(
        Delivery.objects.filter(event_id=event_id, done_at=None, given_up_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def given_up_deliveries() -> QuerySet[Delivery]:
    """Deliveries that need a person, latest first, with their events."""
    return (
        Delivery.objects.filter(done_at=None)
        .exclude(given_up_at=None)
        .select_related("event")
        .order_by("-given_up_at")
    )
