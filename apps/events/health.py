"""Whether the outbox is emptied."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from apps.core.health import Finding, HealthCheck, register_health_check
from apps.events.selectors import untried_age

# The broker has half a minute, and the sweeper comes every minute.
LIMIT: Final = timedelta(minutes=5)


def register() -> None:
    """Called once, when the app is ready."""
    register_health_check(
        HealthCheck(
            name="outbox",
            title="Outbox",
            find=_outbox,
            page="events_delivery",
            query="done=no",
        )
    )


def _outbox(at: datetime) -> Finding:
    """What fails is no matter of health: it was tried, and stands on the list of deliveries."""
    age = untried_age(at)
    if age is None:
        return Finding(True, "nothing waits")
    return Finding(age <= LIMIT, f"one has waited for {int(age.total_seconds())} s")
