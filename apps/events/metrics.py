"""What is counted of events and their outbox."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Count, Q

from apps.core.metrics import Counter, Sample, register_gauge
from apps.events.models import Delivery
from apps.events.selectors import untried_age

EVENTS: Final = Counter("events_total", "Events recorded and committed.", "type")


def register() -> None:
    """Called once, when the app is ready."""
    register_gauge("outbox_deliveries", "Deliveries that are not done.", _size, ["state"])
    register_gauge("outbox_age_seconds", "Since the oldest untried delivery was owed.", _age)


def _size(at: datetime) -> Iterable[Sample]:
    found = Delivery.objects.filter(done_at=None).aggregate(
        owed=Count("pk", filter=Q(given_up_at=None)),
        given_up=Count("pk", filter=Q(given_up_at__isnull=False)),
    )
    for state, count in found.items():
        yield (state,), count


def _age(at: datetime) -> Iterable[Sample]:
    age = untried_age(at)
    yield (), age.total_seconds() if age else 0
