"""What the sales of a merchant set going."""

from __future__ import annotations

from typing import Final

import redis
from django.conf import settings
from django.core.cache import cache

from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import listen

# Sales of a merchant within so many seconds are looked at together.
DEBOUNCE_SECONDS: Final = 30


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    listen("balance.order", ask_for_check)


def ask_for_check(event: Event, origin: Origin) -> None:
    """
    A merchant was given the money of a sale: see, soon and once for many, what that comes to.

    There are no reviews in the sandbox. What gets lost is found by the sweep.
    """
    if settings.SANDBOX or event.organization_id is None:
        return
    try:
        is_first = cache.add(f"review-check:{event.organization_id}", 1, DEBOUNCE_SECONDS)
    except (redis.RedisError, OSError):
        is_first = True
    if is_first:
        enqueue(
            "ledger.check_review",
            countdown=DEBOUNCE_SECONDS,
            organization_id=str(event.organization_id),
        )
