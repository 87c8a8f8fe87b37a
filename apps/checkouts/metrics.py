"""How far buyers come."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.db import transaction

from apps.core.metrics import Counter
from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import listen

STEPS: Final = ("created", "confirmed", "outcome_unknown", "reopened", "succeeded", "expired")
CHECKOUTS: Final = Counter("checkouts_total", "Checkouts that came to a step.", "step")


def register() -> None:
    """Called once, when the app is ready."""
    for step in STEPS:
        listen(f"checkout.{step}", _count)


def _count(event: Event, origin: Origin) -> None:
    step = event.type.removeprefix("checkout.")
    transaction.on_commit(partial(CHECKOUTS.inc, step))
