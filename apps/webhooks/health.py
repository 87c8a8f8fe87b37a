"""Whether merchants are told what happens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from apps.core.health import Finding, HealthCheck, register_health_check
from apps.webhooks.selectors import backlog

# A hanging receiver holds a courier for ten seconds; the sweep comes every minute.
LIMIT: Final = timedelta(minutes=5)


def register() -> None:
    """Called once, when the app is ready."""
    register_health_check(
        HealthCheck(
            name="webhooks",
            title="Webhooks",
            find=_webhooks,
            page="webhooks_webhookendpoint",
        )
    )


def _webhooks(at: datetime) -> Finding:
    """A receiver that is down is no matter of health: its endpoint pauses until it is due."""
    waiting = backlog(at)
    if waiting.longest is None:
        return Finding(True, "nobody waits")
    text = f"{waiting.count:,} endpoints wait, one for {int(waiting.longest.total_seconds())} s"
    return Finding(waiting.longest <= LIMIT, text)
