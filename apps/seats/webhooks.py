"""What merchants are told of seats."""

from __future__ import annotations

from typing import Any

from apps.events.models import Event
from apps.seats.api.presenters import present_seat
from apps.seats.models import CustomerSeat
from apps.webhooks.registry import tell


def register() -> None:
    """Called once, when Django is ready."""
    for verb in ("assigned", "claimed", "revoked"):
        tell(f"customer_seat.{verb}", names=(f"customer_seat.{verb}",), present=_seat)


def _seat(event: Event, version: str) -> Any:
    rows = CustomerSeat.objects.select_related("member", "customer")
    return present_seat(rows.get(pk=event.subject_id))
